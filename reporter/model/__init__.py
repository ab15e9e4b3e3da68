"""The nouns: frozen, free of I/O."""
