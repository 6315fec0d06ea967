"""The page as a Flask application: its routes, its error messages, and its protection against other sites.

The page is for the browsers of one machine. Three checks keep other sites out: Host must name this machine, against DNS
rebinding; Origin, Sec-Fetch-Site and a token must come from the page itself; the content security policy keeps content
of the compared servers from running scripts.
"""

from hmac import compare_digest
from http import HTTPStatus

from flask import Blueprint, Flask, Response, abort, render_template, request
from werkzeug.exceptions import HTTPException

from http_contract.client.server import DEFAULT_PORTS
from http_contract.errors import CannotJudge
from shared_views.files import read_file
from shared_views.pages import CONTENT_SECURITY_POLICY, SECURITY_FIELDS
from sidebyside.compare.request import METHODS
from sidebyside.page import compare, judge, lessons, rosetta
from sidebyside.page.editor import examples_by_stage
from sidebyside.page.glossary import WORDS
from sidebyside.page.runs import TooManyRuns
from sidebyside.page.settings import Settings
from sidebyside.page.source import changed_files, take_snapshot

BLUEPRINTS: tuple[Blueprint, ...] = (compare.blueprint, judge.blueprint, rosetta.blueprint, lessons.blueprint)
TOKEN_FIELD = "X-Page-Token"
# The page runs its own scripts, and shows pictures from responses as data URLs.
OWN_POLICY = "script-src 'self'; connect-src 'self'"
POLICY = f"{CONTENT_SECURITY_POLICY}; {OWN_POLICY}".replace("img-src 'self'", "img-src 'self' data:")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
OWN_SITE = ("same-origin", "none")  # none: the reader has typed the address


def create_app(settings: Settings) -> Flask:
    """Return the application. Unless services follow their sources, it shows these as they are now, not as edited."""
    take_snapshot()
    app = Flask(__name__)
    app.config.update(PAGE=settings, MAX_CONTENT_LENGTH=1024 * 1024, TEMPLATES_AUTO_RELOAD=False)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["changed_files"] = lambda: [] if settings.follows_sources else changed_files()
    protect(app, settings)
    add_error_handlers(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.add_url_rule("/", "page", lambda: page(settings))
    app.add_url_rule("/files/<path:name>", "public", public_file)
    app.add_url_rule("/style.css", "style", lambda: public_file("style.css"))
    return app


def page(settings: Settings) -> str:
    return render_template("page.html", settings=settings, stages=examples_by_stage(), methods=METHODS, words=WORDS)


def public_file(name: str) -> Response:
    """Return a public file of the services: their pages, shown in a frame here, request it from here."""
    file = read_file(name)
    if file is None:
        abort(404)
    return Response(file.content, content_type=file.media_type)


def plain_text(text: str, status: int = HTTPStatus.OK) -> Response:
    return Response(text, status, content_type="text/plain; charset=utf-8")


def add_error_handlers(app: Flask) -> None:
    """Return every error as one sentence of plain text, which the page's script shows."""

    @app.errorhandler(CannotJudge)
    def invalid_input(error: CannotJudge) -> Response:
        return plain_text(str(error), HTTPStatus.UNPROCESSABLE_ENTITY)

    @app.errorhandler(TooManyRuns)
    def busy(error: TooManyRuns) -> Response:
        return plain_text(str(error), HTTPStatus.TOO_MANY_REQUESTS)

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Response:
        response = plain_text(error.description or error.name, error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        response.headers.extend(field for field in error.get_headers() if field[0] == "Allow")
        return response


def protect(app: Flask, settings: Settings) -> None:
    """Refuse requests of other sites before any view is called, and add security fields to all responses."""

    @app.before_request
    def check() -> Response | None:
        return refusal(settings)

    @app.after_request
    def secure(response: Response) -> Response:
        response.headers.update(dict(SECURITY_FIELDS))
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"  # the response may contain the token
        return response


def refusal(settings: Settings) -> Response | None:
    """Return the response that refuses the current request, None if it is allowed."""
    if request.host.lower() not in allowed_hosts(settings):
        return plain_text("This page only works on this machine.", HTTPStatus.BAD_REQUEST)
    if request.method in SAFE_METHODS:
        return None
    if not (_is_same_origin() and _has_token(settings.token)):
        return plain_text("Only the page itself may send this. Reload the page.", HTTPStatus.FORBIDDEN)
    return None


def allowed_hosts(settings: Settings) -> frozenset[str]:
    port = "" if settings.port == DEFAULT_PORTS["http"] else f":{settings.port}"
    return frozenset(f"{name}{port}" for name in ("127.0.0.1", "localhost", "[::1]"))


def _is_same_origin() -> bool:
    """Check the fields that browsers add. Other programs may leave them out, but not the token."""
    origin = request.headers.get("Origin", request.host_url.rstrip("/"))
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return site in OWN_SITE and origin.lower() == f"http://{request.host.lower()}"


def _has_token(token: str) -> bool:
    return compare_digest(request.headers.get(TOKEN_FIELD, "").encode(), token.encode())
