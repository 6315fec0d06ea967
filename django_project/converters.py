"""A path converter that Django lacks."""

from django.urls.converters import IntConverter


class NineDigits(IntConverter):
    """Up to nine digits; Django's int matches any number of them, and its name must not be registered again."""

    regex = "[0-9]{1,9}"
