"""What keeps the judge from its work."""


class CannotJudge(Exception):
    """The judge can't do its work; the message says why, in one line."""
