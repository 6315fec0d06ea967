"""The workshop: start the three implementations, compare, judge and measure them. Run from its checkout."""
