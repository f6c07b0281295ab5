"""The one error that the commands show to people."""


class QmsError(Exception):
    """Something that a person can put right; its text is all that is printed."""
