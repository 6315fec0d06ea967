"""The servers that the benchmark starts itself, and the constant response that they and others serve."""
