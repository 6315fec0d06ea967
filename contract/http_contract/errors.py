"""Errors that keep the judge from judging."""


class CannotJudge(Exception):
    """The judge cannot do its work. The message gives the reason in one line."""
