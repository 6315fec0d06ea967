"""WhiteNoise around a small application: files with validators, ranges and far expiry."""

from pathlib import Path

from whitenoise import WhiteNoise


def pages(environ, start_response):
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"no such file"]


application = WhiteNoise(pages, root=Path(__file__).parent, prefix="files/")
