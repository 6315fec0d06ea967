"""The answer on nginx, out of its configuration: no file is touched."""

import os
import sys
from pathlib import Path

from sidebyside.bench.answers import Answer
from sidebyside.nginx import nginx

CONNECTIONS = 20_000  # more than idle ones are measured
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
NGINX_OWN = {"date", "connection", "content-length", "content-type"}


def configuration(port: int, answer: Answer) -> str:
    """Return the site as nginx.conf has it."""
    others = [(name, value) for name, value in answer.fields if name.lower() not in NGINX_OWN]
    return SITE.format(
        port=port,
        media_type=dict(answer.fields)["Content-Type"],
        fields="\n        ".join(f'add_header {name} "{quote(value)}";' for name, value in others),
        body=quote(answer.body.decode()),
    )


def quote(text: str) -> str:
    """Return a text as it stands between nginx's double quotes; a dollar sign has no escape, but a variable."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "${dollar}")


def main(port: str, file: str) -> None:
    """Become nginx."""
    answer = Path(file)
    command = nginx(answer.parent, configuration(int(port), Answer(answer.read_bytes())), CONNECTIONS)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
