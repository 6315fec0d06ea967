"""The route tables of the implementations, side by side."""
