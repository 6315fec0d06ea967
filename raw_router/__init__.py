"""Sockets and a URLS dict: an HTTP/1.1 server and router to read in an evening, as docs/raw_router.md leads."""
