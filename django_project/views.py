"""Class-based views around shared_views: a method for each HTTP method. Django adds HEAD, OPTIONS and 405."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views import View

from django_project.middleware import BadPath
from shared_views import clock, forms, views
from shared_views.answers import answer, options
from shared_views.pages import REASON_PHRASES, Answer
from shared_views.views import Shown


class ShownView(View):
    """A view whose methods return the pages and files of shared_views."""

    _allowed_methods: Callable[[], list[str]]  # a method of Django that its type stubs leave out

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        shown: Any = super().dispatch(request, *args, **kwargs)
        return shown if isinstance(shown, HttpResponse) else respond(request, shown)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 204 with a sorted Allow; Django sends 200 and an unsorted one."""
        return make_response(options(self._allowed_methods()))

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 405 with a page; Django sends none."""
        return respond(request, views.method_not_allowed(str(request.method), self._allowed_methods()))


class Index(ShownView):
    def get(self, request: HttpRequest) -> Shown:
        return views.index(lambda route, /, **parameters: reverse(route, kwargs=parameters))


class Test(ShownView):
    def get(self, request: HttpRequest) -> Shown:
        return views.test()


class Time(ShownView):
    def get(self, request: HttpRequest) -> Shown:
        return views.time_page(clock.now())


class Hello(ShownView):
    def get(self, request: HttpRequest, name: str) -> Shown:
        return views.hello(name)


class Status(ShownView):
    def get(self, request: HttpRequest, code: int) -> Shown:
        return views.status(code, request.path)


class Home(ShownView):
    def get(self, request: HttpRequest) -> Shown:
        return views.home(reverse("index"))  # RedirectView would answer without a page


class Inspect(ShownView):
    def get(self, request: HttpRequest) -> Shown:
        client, version = request.META["REMOTE_ADDR"], request.META["SERVER_PROTOCOL"]
        query = request.META["QUERY_STRING"]
        return views.inspect(client, str(request.method), request.path, query, request.headers.items(), version)


class Form(ShownView):
    def get(self, request: HttpRequest) -> Shown:
        return views.form()

    def post(self, request: HttpRequest) -> Shown:
        # request.POST and request.FILES would strip file paths, decode base64 and have their own limits.
        try:
            field = request.headers.get
            return views.posted(forms.read_form(field("Content-Type"), request.body, field("Content-Encoding")))
        except forms.FormError as error:
            return views.bad_form(error)


class PublicFile(ShownView):
    def get(self, request: HttpRequest, name: str) -> Shown:
        return views.public_file(name, request.path)


class Style(ShownView):
    def get(self, request: HttpRequest) -> Shown:
        return views.style(request.path)


class Error(ShownView):
    def get(self, request: HttpRequest) -> Shown:
        return views.error()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, DisallowedHost):
        return respond(request, views.unknown_host())
    if isinstance(exception, BadPath):
        return respond(request, views.bad_path())
    return respond(request, views.failed(413 if isinstance(exception, RequestDataTooBig) else 400))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return respond(request, views.not_found(request.path))


def server_error(request: HttpRequest) -> HttpResponse:
    return respond(request, views.server_error())


def respond(request: HttpRequest, shown: Shown) -> HttpResponse:
    response = make_response(answer(shown, request.headers.get))
    if request.method == "HEAD":
        response.content = b""  # Django leaves this to the server, but gunicorn does not do it
    return response


def make_response(given: Answer) -> HttpResponse:
    phrase = REASON_PHRASES[given.status]
    response = HttpResponse(given.body, status=given.status, reason=phrase, headers=dict(given.headers))
    if "Content-Type" not in dict(given.headers):
        del response["Content-Type"]  # an answer without content, such as 204, has none
    return response
