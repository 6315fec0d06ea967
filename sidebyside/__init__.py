"""Look at the three implementations at once: start them, compare them, measure them."""
