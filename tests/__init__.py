"""The proof of Sales Portal, mirroring the slices and doors it is about."""
