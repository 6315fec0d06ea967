"""The constant response on nginx, as part of its configuration, so that no file is read."""

import os
import sys
from pathlib import Path

from sidebyside.bench.servers.constant import Constant, parse
from sidebyside.launch.nginx import nginx

CONNECTIONS = 20_000  # more than the idle connections of a workload
SITE = """\
access_log off;
    keepalive_requests 1000000000;
    default_type "{media_type}";
    geo $dollar {{ default "$"; }}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        {fields}
        location / {{ return 200 "{body}"; }}
    }}
"""
NGINX_OWN = {"content-length", "content-type"}


def configuration(port: int, response: Constant) -> str:
    """Return the site as it is written in nginx.conf."""
    others = [(name, value) for name, value in response.fields if name.lower() not in NGINX_OWN]
    return SITE.format(
        port=port,
        media_type=dict(response.fields)["Content-Type"],
        fields="\n        ".join(f'add_header {name} "{quote(value)}";' for name, value in others),
        body=quote(response.body.decode()),
    )


def quote(text: str) -> str:
    """Return a text for nginx's double quotes; a dollar sign cannot be escaped, so it becomes a variable."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "${dollar}")


def main(port: str, file: str) -> None:
    """Become nginx."""
    path = Path(file)
    command = nginx(path.parent, configuration(int(port), parse(path.read_bytes())), CONNECTIONS)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
