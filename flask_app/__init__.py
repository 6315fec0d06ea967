"""The same routes with decorators: an application factory, and app for servers."""

from flask import Flask, Response, request, url_for
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, NotFound

from flask_app.application import Service, original_path, show
from shared_views import clock, forms, views
from shared_views.hosts import allowed_hosts


def create_app() -> Flask:
    """Return the application."""
    app = Service(__name__, static_folder=None)
    app.config.update(ALLOWED_HOSTS=allowed_hosts(), MAX_CONTENT_LENGTH=forms.MAX_BODY)
    add_routes(app)
    add_error_handlers(app)
    return app


def add_routes(app: Flask) -> None:
    @app.get("/")
    def index() -> Response:
        return show(views.index(url_for))

    @app.get("/test")
    def test() -> Response:
        return show(views.test())

    @app.get("/time")
    @app.get("/time.html", endpoint="time_html")
    def time_page() -> Response:
        return show(views.time_page(clock.now()))

    @app.get("/hello/<name>")
    def hello(name: str) -> Response:
        return show(views.hello(name))

    @app.get("/status/<int:code>")
    def status(code: int) -> Response:
        return show(views.status(code, request.path))

    @app.get("/home")
    def home() -> Response:
        return show(views.home(url_for("index")))  # flask.redirect would answer with its own page

    @app.get("/inspect")
    def inspect() -> Response:
        client, version = request.remote_addr or "", request.environ["SERVER_PROTOCOL"]
        query = request.query_string.decode("latin-1")
        return show(views.inspect(client, request.method, request.path, query, request.headers.items(), version))

    @app.get("/form")
    def form() -> Response:
        return show(views.form())

    @app.post("/form")
    def submit_form() -> Response:
        # request.form and request.files would ignore malformed multipart.
        coding = request.headers.get("Content-Encoding")
        return show(views.posted(forms.read_form(request.content_type, request.get_data(), coding)))

    @app.get("/files/<path:name>")
    def public_file(name: str) -> Response:
        return show(views.public_file(name, request.path))

    @app.get("/style.css")
    def style() -> Response:
        return show(views.style(request.path))

    @app.get("/error")
    def error() -> Response:
        return show(views.error())


def add_error_handlers(app: Flask) -> None:
    @app.errorhandler(NotFound)
    def not_found(error: NotFound) -> Response:
        return show(views.not_found(original_path()))

    @app.errorhandler(MethodNotAllowed)
    def method_not_allowed(error: MethodNotAllowed) -> Response:
        return show(views.method_not_allowed(request.method, set(error.valid_methods or ())))

    @app.errorhandler(forms.FormError)
    def bad_form(error: forms.FormError) -> Response:
        return show(views.bad_form(error))

    @app.errorhandler(InternalServerError)
    def server_error(error: InternalServerError) -> Response:
        return show(views.server_error())

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Response:
        return show(views.failed(error.code or 500))


app = create_app()
