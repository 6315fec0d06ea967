"""Django as its tutorial writes it, in one file: functions as views, render, request.POST, redirect and Http404."""

import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe
from django.views.static import serve

from shared_views import clock, views
from shared_views.files import PUBLIC
from shared_views.forms import MAX_BODY, Form, upload
from shared_views.hosts import allowed_hosts
from shared_views.pages import HTML, JSON, PROBLEM, Page

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=sorted(allowed_hosts()),
    DATA_UPLOAD_MAX_MEMORY_SIZE=MAX_BODY,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.jinja2.Jinja2",
            "DIRS": [PUBLIC.with_name("templates")],
            "OPTIONS": {"context_processors": [f"{__name__}.limits"]},
        }
    ],
    TIME_ZONE=None,
)


def limits(request: HttpRequest) -> dict[str, int]:
    return {"max_body": MAX_BODY}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return show(request, views.index(lambda route, /, **parameters: reverse(route, kwargs=parameters)))


@require_safe
def test(request: HttpRequest) -> HttpResponse:
    return show(request, views.test())


@require_safe
def time_page(request: HttpRequest) -> HttpResponse:
    return show(request, views.time_page(clock.now()))


@require_safe
def hello(request: HttpRequest, name: str) -> HttpResponse:
    return show(request, views.hello(name))


@require_safe
def status(request: HttpRequest, code: int) -> HttpResponse:
    if views.served_status(code) is None:
        raise Http404
    return show(request, views.status(code, request.path))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("index", permanent=True)


@require_safe
def inspect(request: HttpRequest) -> HttpResponse:
    client, query, version = (request.META[name] for name in ("REMOTE_ADDR", "QUERY_STRING", "SERVER_PROTOCOL"))
    page = views.inspect(client, str(request.method), request.path, query, request.headers.items(), version)
    return show(request, page)


@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return show(request, views.form())
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    files = [upload(name, file.name or "", file.read()) for name, sent in request.FILES.lists() for file in sent]
    return show(request, views.posted(Form(tuple(fields), tuple(files))))


@require_safe
def public_file(request: HttpRequest, name: str) -> HttpResponseBase:
    return serve(request, name, document_root=str(PUBLIC))


@require_safe
def style(request: HttpRequest) -> FileResponse:
    return FileResponse((PUBLIC / "style.css").open("rb"))


@require_safe
def error(request: HttpRequest) -> HttpResponse:
    return show(request, views.error())


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return show(request, views.not_found(request.path))


def handler500(request: HttpRequest) -> HttpResponse:
    return show(request, views.server_error())


def show(request: HttpRequest, page: Page) -> HttpResponse:
    """Return the page as HTML or JSON, whichever the request prefers."""
    response: HttpResponse
    if request.get_preferred_type([HTML, JSON, PROBLEM]) in (JSON, PROBLEM):
        media_type = JSON if page.status < 400 else PROBLEM
        response = JsonResponse(page.data, status=page.status, content_type=media_type)
    else:
        response = render(request, page.template, {**page.data, "title": page.title}, status=page.status)
    for name, value in page.headers:
        response.headers[name] = value
    patch_vary_headers(response, ["Accept"])
    return response


urlpatterns = [
    path("", index, name="index"),
    path("test", test, name="test"),
    path("time", time_page, name="time_page"),
    path("time.html", time_page, name="time_html"),
    path("hello/<name>", hello, name="hello"),
    path("status/<int:code>", status, name="status"),
    path("home", home, name="home"),
    path("inspect", inspect, name="inspect"),
    path("form", form, name="form"),
    path("files/<path:name>", public_file, name="public_file"),
    path("style.css", style, name="style"),
    path("error", error, name="error"),
]

app = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line([sys.argv[0], "runserver", "--noreload", f"127.0.0.1:{sys.argv[1]}"])
