"""Looking at all three at once."""
