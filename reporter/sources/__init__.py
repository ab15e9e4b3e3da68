"""A publisher per module: pure functions from a payload to rows, free of I/O."""
