"""The obvious way to make the same edition."""
