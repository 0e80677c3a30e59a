"""The settings: what an administrator sets up once, and a manager may look at."""
