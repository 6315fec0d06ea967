"""The page as a Flask application: what it is made of, and the one document that shows it all."""

from flask import Blueprint, Flask, Response, abort, render_template

from shared_views.files import read_file
from sidebyside.compare.options import METHODS
from sidebyside.page import judging, rosetta, sending
from sidebyside.page.examples import stages
from sidebyside.page.kept import changed, keep_all
from sidebyside.page.safety import guard
from sidebyside.page.settings import Settings

BLUEPRINTS: tuple[Blueprint, ...] = (sending.blueprint, judging.blueprint, rosetta.blueprint)


def create_app(settings: Settings) -> Flask:
    """Return the application, which shows sources as they are now, even if they are edited later."""
    keep_all()
    app = Flask(__name__)
    app.config.update(PAGE=settings, MAX_CONTENT_LENGTH=1024 * 1024, TEMPLATES_AUTO_RELOAD=False)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["changed"] = changed
    guard(app, settings)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.add_url_rule("/", "page", lambda: page(settings))
    app.add_url_rule("/files/<path:name>", "public", public)
    app.add_url_rule("/style.css", "style", lambda: public("style.css"))
    return app


def page(settings: Settings) -> str:
    return render_template("page.html", settings=settings, stages=stages(), methods=METHODS)


def public(name: str) -> Response:
    """Return a file of the service's own: its pages, shown in a frame here, ask for them here."""
    file = read_file(name)
    if file is None:
        abort(404)
    return Response(file.content, content_type=file.media_type)
