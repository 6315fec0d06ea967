"""Tornado: regular expressions lead to classes with a method for each HTTP method; one more method writes errors."""

import asyncio
import sys
from typing import Any

from tornado.web import Application, HTTPError, RequestHandler, StaticFileHandler, url

from shared_views import clock, views
from shared_views.files import PUBLIC
from shared_views.forms import MAX_BODY, Form, upload
from shared_views.pages import JSON, PROBLEM, Page, preferred_form, render


class BaseHandler(RequestHandler):
    def show(self, page: Page) -> None:
        """Send a page as HTML or JSON. Tornado does not negotiate, and its templates are in another language."""
        self.set_status(page.status)
        self.set_header("Vary", "Accept")
        for name, value in page.headers:
            self.set_header(name, value)
        if preferred_form(self.request.headers.get("Accept"), (JSON, PROBLEM)) == "json":
            self.write(dict(page.data))
            self.set_header("Content-Type", PROBLEM if page.status >= 400 else JSON)
        else:
            self.write(render(page))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        if status_code == 404:
            self.show(views.not_found(self.request.path))
        elif status_code == 500:
            self.show(views.server_error())
        else:
            self.show(views.failed(status_code))
        self.finish()

    def url_for(self, route: str, /, **parameters: Any) -> str:
        if route == "style":
            parameters = {"name": "style.css"}  # the group that names the file
        return self.reverse_url(route, *parameters.values())


class NotFoundHandler(BaseHandler):
    def prepare(self) -> None:
        raise HTTPError(404)


class IndexHandler(BaseHandler):
    def get(self) -> None:
        self.show(views.index(self.url_for))


class TestHandler(BaseHandler):
    def get(self) -> None:
        self.show(views.test())


class TimeHandler(BaseHandler):
    def get(self) -> None:
        self.show(views.time_page(clock.now()))


class HelloHandler(BaseHandler):
    def get(self, name: str) -> None:
        self.show(views.hello(name))


class StatusHandler(BaseHandler):
    def get(self, code: str) -> None:
        self.show(views.status(int(code), self.request.path))


class HomeHandler(BaseHandler):
    def get(self) -> None:
        self.redirect(self.reverse_url("index"), permanent=True)


class InspectHandler(BaseHandler):
    def get(self) -> None:
        request = self.request
        client, method, fields = request.remote_ip or "", request.method or "", request.headers.get_all()
        self.show(views.inspect(client, method, request.path, request.query, fields, request.version))


class FormHandler(BaseHandler):
    def get(self) -> None:
        self.show(views.form())

    def post(self) -> None:
        names = self.request.body_arguments
        fields = [(name, value) for name in names for value in self.get_body_arguments(name)]
        files = [upload(name, file.filename, file.body) for name, files in self.request.files.items() for file in files]
        self.show(views.posted(Form(tuple(fields), tuple(files))))


class PublicFileHandler(StaticFileHandler, BaseHandler):
    """Sends files, with the errors of this application."""


class ErrorHandler(BaseHandler):
    def get(self) -> None:
        views.error()


def make_app() -> Application:
    return Application(
        [
            url(r"/", IndexHandler, name="index"),
            url(r"/test", TestHandler, name="test"),
            url(r"/time", TimeHandler, name="time_page"),
            url(r"/time\.html", TimeHandler, name="time_html"),
            url(r"/hello/([^/]+)", HelloHandler, name="hello"),
            url(r"/status/([0-9]+)", StatusHandler, name="status"),
            url(r"/home", HomeHandler, name="home"),
            url(r"/inspect", InspectHandler, name="inspect"),
            url(r"/form", FormHandler, name="form"),
            url(r"/files/(.+)", PublicFileHandler, {"path": PUBLIC}, name="public_file"),
            url(r"/(style\.css)", PublicFileHandler, {"path": PUBLIC}, name="style"),
            url(r"/error", ErrorHandler, name="error"),
        ],
        default_handler_class=NotFoundHandler,
    )


async def main() -> None:
    make_app().listen(int(sys.argv[1]), "127.0.0.1", max_body_size=MAX_BODY)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
