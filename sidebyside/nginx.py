"""nginx in a folder of its own: what it takes around a site to run there, as whoever starts it."""

import os
from pathlib import Path

from sidebyside.installed import find_program

AROUND = """\
daemon off;
{user}
pid nginx.pid;
error_log stderr;
events {{ worker_connections {connections}; }}
http {{
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    {site}
}}
"""


class NoNginx(Exception):
    """There is no such program on this machine."""


def nginx(folder: Path, site: str, connections: int = 1000) -> list[str]:
    """Configure nginx in a folder, and return the command that runs it there. Raises NoNginx."""
    program = find_program("nginx")
    if program is None:
        raise NoNginx
    user = "user root;" if os.geteuid() == 0 else ""  # else workers could not use the folder
    (folder / "nginx.conf").write_text(AROUND.format(user=user, site=site, connections=connections))
    return [program, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]
