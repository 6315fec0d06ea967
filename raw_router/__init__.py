"""Sockets and a URLS dict: an HTTP/1.1 server and router to read in an evening; docs/raw_router.md is the guide."""
