"""Start several servers, wait until they listen, and stop them together."""
