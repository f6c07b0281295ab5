"""Words that come with a verb: a reason, a conclusion. Over RPC anything may come instead."""


def stripped(words):
    """Return words without spaces around; what is no text counts as none.

    >>> stripped("  late "), stripped(None), stripped(["x"])
    ('late', '', '')
    """
    return words.strip() if isinstance(words, str) else ""
