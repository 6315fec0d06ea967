"""What Django needs to know here; all else is left at its default.

No database, no sessions and nothing signed, so no SECRET_KEY either.
"""

from shared_views.forms import MAX_BODY
from shared_views.hosts import allowed_hosts

ROOT_URLCONF = "django_project.urls"
WSGI_APPLICATION = "django_project.wsgi.application"  # for runserver

ALLOWED_HOSTS = sorted(allowed_hosts())
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY

# CommonMiddleware is left out: it would put Content-Length on 204 and 304. Nothing here needs protection from
# forged requests, so CsrfViewMiddleware is, too.
MIDDLEWARE = ["django_project.middleware.check_host"]

USE_TZ = False
TIME_ZONE = None  # the machine's: any name would change the time of the whole process

# Tracebacks to standard error, once: servers may have a root logger, too. Django would mail them to administrators, and
# log every bad Host as an error.
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
