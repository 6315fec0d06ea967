"""The clock of the time page, in its own module, so that a test can stop it for all three routers."""

from datetime import datetime


def now() -> datetime:
    """Return the server's local time, with its offset from UTC."""
    return datetime.now().astimezone()
