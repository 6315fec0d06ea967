"""The same routes with urlpatterns."""
