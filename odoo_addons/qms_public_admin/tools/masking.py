"""Show that there is something without saying what it is."""

VISIBLE = 3


def masked(text):
    """Hide all but the last three characters of a number.

    >>> masked("0912345678")
    '•••••••678'
    >>> masked("123"), masked("")
    ('•••', '')
    """
    if len(text) <= VISIBLE:
        return "•" * len(text)
    return "•" * (len(text) - VISIBLE) + text[-VISIBLE:]
