"""A WSGI application on uvicorn, through a2wsgi: access lines, and no other words but warnings."""

import sys
from copy import deepcopy
from importlib import import_module
from typing import Any

import uvicorn
from a2wsgi import WSGIMiddleware
from uvicorn.config import LOGGING_CONFIG

THREADS = 8  # for as many requests at a time


def quiet() -> dict[str, Any]:
    """Return uvicorn's own configuration of its logs, without what it says of starting and ending."""
    config = deepcopy(LOGGING_CONFIG)
    config["loggers"]["uvicorn.error"]["level"] = "WARNING"
    return config


def main(application: str, host: str, port: str) -> None:
    module, _, name = application.partition(":")
    app: Any = WSGIMiddleware(getattr(import_module(module), name), workers=THREADS)
    uvicorn.run(app, host=host, port=int(port), lifespan="off", log_config=quiet())


if __name__ == "__main__":
    main(*sys.argv[1:])
