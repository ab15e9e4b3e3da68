"""The article this product is modelled on, checked by it: its claims against the figures of two days."""
