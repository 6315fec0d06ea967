"""The error that stops the judge, or keeps it from starting."""


class CannotJudge(Exception):
    """The judge cannot do its work. The message is one line: what happened, then what to do."""
