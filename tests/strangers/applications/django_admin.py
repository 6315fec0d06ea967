"""Django's admin in one file: a database, a superuser, a model with a file, static files by WhiteNoise."""

import os
import sys
from pathlib import Path

import django
from django.conf import settings

FOLDER = Path(os.environ["STRANGER_FOLDER"])
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
settings.configure(
    SECRET_KEY="secret of a test",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=MIDDLEWARE,
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "db.sqlite3"}},
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    STATIC_URL="/static/",
    MEDIA_ROOT=FOLDER / "media",
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.contrib import admin  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.files.storage import default_storage  # noqa: E402
from django.core.handlers.asgi import ASGIHandler  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import FileResponse, JsonResponse, StreamingHttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402


@csrf_exempt
def upload(request):
    file = request.FILES["file"]
    name = default_storage.save(file.name, file)
    return JsonResponse({"name": name, "size": default_storage.size(name)})


def download(request, name):
    return FileResponse(default_storage.open(name), as_attachment=True)


def stream(request):
    return StreamingHttpResponse(f"piece {number}\n" for number in range(3))


urlpatterns = [
    path("admin/", admin.site.urls),
    path("upload", upload),
    path("download/<path:name>", download),
    path("stream", stream),
]

if not (FOLDER / "db.sqlite3").exists():
    call_command("migrate", verbosity=0)
    User.objects.create_superuser("root", "root@example.org", "password of a test")
application = WSGIHandler()
asgi_application = ASGIHandler()
sys.modules.setdefault("django_admin", sys.modules[__name__])
