"""A WSGI application on bjoern, which has no command of its own."""

import sys
from importlib import import_module

import bjoern

if __name__ == "__main__":
    module, _, name = sys.argv[1].partition(":")
    bjoern.run(getattr(import_module(module), name), "127.0.0.1", int(sys.argv[2]))
