"""Sockets and a URLS dict: an HTTP/1.1 server and router to read in an evening, in the order DESIGN names."""
