"""The answer of constant.py on aiohttp, which serves its own kind of application."""

import sys

from aiohttp import web

from sidebyside.bench.constant import answer


async def respond(request: web.Request) -> web.Response:
    await request.read()
    status, fields, body = answer()
    return web.Response(status=int(status[:3]), headers=fields, body=body)


def application() -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", respond)
    return app


if __name__ == "__main__":
    web.run_app(application(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
