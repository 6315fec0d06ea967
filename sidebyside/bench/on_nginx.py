"""The answer on nginx, out of its configuration: no file is touched."""

import os
import sys
from pathlib import Path

from sidebyside.bench.answers import Answer
from sidebyside.bench.machine import find_program

# One process in the foreground, with its files in the folder where the answer lies.
CONFIGURATION = """\
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {{ worker_connections 20000; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    default_type "{media_type}";
    geo $dollar {{ default "$"; }}
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        {fields}
        location / {{ return 200 "{body}"; }}
    }}
}}
"""
NGINX_OWN = {"date", "connection", "content-length", "content-type"}


def configuration(port: int, answer: Answer) -> str:
    """Return the text of nginx.conf."""
    others = [(name, value) for name, value in answer.fields if name.lower() not in NGINX_OWN]
    return CONFIGURATION.format(
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
    (answer.parent / "nginx.conf").write_text(configuration(int(port), Answer(answer.read_bytes())))
    program = find_program("nginx")
    assert program is not None
    os.execv(program, ["nginx", "-p", str(answer.parent), "-c", "nginx.conf", "-e", "stderr"])


if __name__ == "__main__":
    main(*sys.argv[1:])
