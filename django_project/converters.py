"""The one path converter that Django lacks."""

from django.urls.converters import IntConverter


class NineDigits(IntConverter):
    """Up to nine digits; Django's own int takes any number of them, and must not be replaced under its name."""

    regex = "[0-9]{1,9}"
