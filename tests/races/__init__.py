"""Many buyers at once against real processes, and the proof that the tests would see a race."""
