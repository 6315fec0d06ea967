"""Who may use the page: one browser, on this machine, and in it no other site's page.

Host: a site whose name is made to lead to this machine (DNS rebinding) is refused. Origin, Sec-Fetch-Site and the
token: so is what another page sends on its own. The content security policy: what servers answer does nothing here.
"""

from hmac import compare_digest
from http import HTTPStatus

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from http_contract.client.server import DEFAULT_PORTS
from shared_views.pages import CONTENT_SECURITY_POLICY, SECURITY_FIELDS
from sidebyside.page.settings import Settings

TOKEN_FIELD = "X-Page-Token"
# Beside the page's own script: pictures that a server has answered, which stand in the page as data.
OWN = "script-src 'self'; connect-src 'self'"
POLICY = f"{CONTENT_SECURITY_POLICY}; {OWN}".replace("img-src 'self'", "img-src 'self' data:")
HARMLESS = ("GET", "HEAD", "OPTIONS")
OURS = ("same-origin", "none")  # none: the reader has typed the address


def guard(app: Flask, settings: Settings) -> None:
    """Refuse, before any view is asked, what does not come from the page itself; put the fields on all answers."""

    @app.before_request
    def check() -> Response | None:
        return refusal(settings)

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Response:
        response = told(error.description or error.name, error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        response.headers.extend(field for field in error.get_headers() if field[0] == "Allow")
        return response

    @app.after_request
    def secure(response: Response) -> Response:
        response.headers.update(dict(SECURITY_FIELDS))
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"  # it may tell the token
        return response


def told(text: str, status: int = HTTPStatus.OK) -> Response:
    """Return a sentence, or any text, as nothing else."""
    return Response(text, status, content_type="text/plain; charset=utf-8")


def refusal(settings: Settings) -> Response | None:
    """Return why the current request is refused, None where it is not."""
    if request.host.lower() not in hosts(settings):
        return told("The page is there for this machine alone.", HTTPStatus.BAD_REQUEST)
    if request.method in HARMLESS:
        return None
    if not (_is_of_our_origin() and _knows(settings.token)):
        return told("This can be asked by the page alone; load it again.", HTTPStatus.FORBIDDEN)
    return None


def hosts(settings: Settings) -> frozenset[str]:
    """Return all that Host may be."""
    port = "" if settings.port == DEFAULT_PORTS["http"] else f":{settings.port}"
    return frozenset(f"{name}{port}" for name in ("127.0.0.1", "localhost", "[::1]"))


def _is_of_our_origin() -> bool:
    """Judge the fields that browsers send by themselves; other programs may leave them out, but not the token."""
    origin = request.headers.get("Origin", request.host_url.rstrip("/"))
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return site in OURS and origin.lower() == f"http://{request.host.lower()}"


def _knows(token: str) -> bool:
    return compare_digest(request.headers.get(TOKEN_FIELD, "").encode(), token.encode())
