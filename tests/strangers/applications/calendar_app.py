"""Radicale: a CalDAV server as a WSGI application."""

import os

from radicale.app import Application
from radicale.config import load

configuration = load()
configuration.update(
    {
        "auth": {"type": "none"},
        "storage": {"filesystem_folder": os.environ["STRANGER_FOLDER"]},
        "rights": {"type": "authenticated"},
        "logging": {"level": "error"},
    },
    "test",
    privileged=True,
)
configuration.update({"rights": {"type": "owner_only"}}, "test", privileged=True)
application = Application(configuration)
