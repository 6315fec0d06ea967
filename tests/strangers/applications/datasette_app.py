"""Datasette on a database of its own: an ASGI program that many people run."""

import os
import sqlite3
from pathlib import Path

from datasette.app import Datasette

FILE = Path(os.environ["STRANGER_FOLDER"]) / "shop.db"
if not FILE.exists():
    with sqlite3.connect(FILE) as database:
        database.execute("create table items (id integer primary key, name text)")
        database.executemany("insert into items (name) values (?)", [("apple",), ("pear",)])
application = Datasette([str(FILE)], crossdb=False).app()
