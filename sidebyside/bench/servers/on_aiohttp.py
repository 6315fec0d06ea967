"""The constant response on aiohttp, which serves only its own kind of application."""

import sys

from aiohttp import web

from sidebyside.bench.servers.constant import response


async def respond(request: web.Request) -> web.Response:
    await request.read()
    status, _, fields, body = response()
    return web.Response(status=status, headers=fields, body=body)


def application() -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", respond)
    return app


if __name__ == "__main__":
    web.run_app(application(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
