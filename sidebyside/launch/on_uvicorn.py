"""A WSGI application on uvicorn, through a2wsgi, with an access log and no other messages than warnings."""

import sys
from copy import deepcopy
from importlib import import_module
from typing import Any

import uvicorn
from a2wsgi import WSGIMiddleware
from uvicorn.config import LOGGING_CONFIG

THREADS = 8  # requests at a time


def quiet_logging() -> dict[str, Any]:
    """Return uvicorn's own logging configuration without its messages about starting and stopping."""
    config = deepcopy(LOGGING_CONFIG)
    config["loggers"]["uvicorn.error"]["level"] = "WARNING"
    return config


def main(application: str, host: str, port: str) -> None:
    module, _, name = application.partition(":")
    app: Any = WSGIMiddleware(getattr(import_module(module), name), workers=THREADS)
    uvicorn.run(app, host=host, port=int(port), lifespan="off", log_config=quiet_logging())


if __name__ == "__main__":
    main(*sys.argv[1:])
