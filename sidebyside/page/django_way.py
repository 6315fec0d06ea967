"""What Django shows of itself on the way of a request: the rule, its converters, and the response."""

from django.urls import Resolver404, get_resolver
from django.urls.converters import get_converters

from django_project import urls
from django_project.wsgi import application
from raw_router.messages import Request
from raw_router.wsgi import handler_for
from sidebyside.page.ways import Framework, Match


def match(request: Request) -> Match | None:
    try:
        found = get_resolver(urls.__name__).resolve(request.path)
    except Resolver404:
        return None
    return Match(found.route, found.kwargs)


FRAMEWORK = Framework("Django", "urlpatterns", match, get_converters, "str", handler_for(application))
