"""Judge each implementation on each server, and attribute each failure to a framework or a server."""
