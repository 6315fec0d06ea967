"""The route tables of the three implementations, side by side."""
