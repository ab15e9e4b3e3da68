"""The commands that deal with figures: each module has one, and `cli` registers it in a line."""
