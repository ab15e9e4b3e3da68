"""A publisher per module: pure functions from a payload to rows and layers, free of I/O.

A *source* (`base.Source`) says what to ask for a series, and reads what comes: `fred` and `alfred` without a key,
`fred_api` and `bea` with one, `tic_releases` for the Treasury.
"""
