"""Django's settings that differ from their defaults.

There is no database, no session and nothing signed, and therefore no SECRET_KEY.
"""

from shared_views.forms import MAX_BODY
from shared_views.hosts import allowed_hosts

ROOT_URLCONF = "django_project.urls"
WSGI_APPLICATION = "django_project.wsgi.application"  # for runserver

ALLOWED_HOSTS = sorted(allowed_hosts())
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY

# CommonMiddleware is left out, because it would add Content-Length to 204 and 304. CsrfViewMiddleware is left out,
# because no request changes anything.
MIDDLEWARE = ["django_project.middleware.check_request"]

USE_TZ = False
TIME_ZONE = None  # the machine's time zone: a name would change the time of the whole process

# Tracebacks go to standard error, and only once, although servers may configure a root logger. By default Django would
# mail them to administrators, and log every refused Host as an error.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},  # runserver's access lines
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
