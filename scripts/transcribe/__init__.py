"""Carry the figures of a folder of official statistics over into the package's own observations.

`python -m scripts.transcribe FOLDER` reads the files named in the folder's MANIFEST and writes
`reporter/data/observations.tsv.gz` and `reporter/data/release_dates.tsv`: the same bytes each time.
"""
