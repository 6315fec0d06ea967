"""The constant response as an application of Starlette."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sidebyside.bench.servers.constant import response


async def respond(request: Request) -> Response:
    status, _, fields, body = response()
    return Response(body, status, dict(fields))


app = Starlette(routes=[Route("/test", respond)])
