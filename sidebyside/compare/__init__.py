"""Send the same bytes to several servers, and see where their answers differ."""
