"""Templates to trees: what may be said, and how figures, dates and names are written."""
