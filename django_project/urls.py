"""urlpatterns, the table of routes, and the handlers of errors."""

from django.urls import path, register_converter

from django_project import views
from django_project.converters import NineDigits

register_converter(NineDigits, "digits")

urlpatterns = [
    path("", views.Index.as_view(), name="index"),
    path("test", views.Test.as_view(), name="test"),
    path("time", views.Time.as_view(), name="time_page"),
    path("time.html", views.Time.as_view(), name="time_html"),
    path("hello/<name>", views.Hello.as_view(), name="hello"),
    path("status/<digits:code>", views.Status.as_view(), name="status"),
    path("home", views.Home.as_view(), name="home"),
    path("inspect", views.Inspect.as_view(), name="inspect"),
    path("form", views.Form.as_view(), name="form"),
    path("files/<path:name>", views.PublicFile.as_view(), name="public_file"),
    path("style.css", views.Style.as_view(), name="style"),
    path("error", views.Error.as_view(), name="error"),
]

handler400 = "django_project.views.bad_request"
handler404 = "django_project.views.not_found"
handler500 = "django_project.views.server_error"
