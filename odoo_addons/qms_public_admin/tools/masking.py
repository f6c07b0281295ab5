"""Show that there is something without saying what it is."""

VISIBLE = 3
MASK = "•"


def masked(text):
    """Hide all but the last three characters of a number.

    >>> masked("0912345678")
    '•••••••678'
    >>> masked("123"), masked("")
    ('•••', '')
    """
    if len(text) <= VISIBLE:
        return MASK * len(text)
    return MASK * (len(text) - VISIBLE) + text[-VISIBLE:]


def masked_name(name):
    """Leave of a name the initials and the last word, by which one is called.

    Enough for the holder to see that it is theirs, too little for who guessed a code.

    >>> masked_name("Nguyễn Thị Thử"), masked_name("An")
    ('N. T. Thử', 'A.')
    >>> masked_name("")
    ''
    """
    words = name.split()
    shown = words[-1:] if len(words) > 1 else []
    return " ".join([f"{word[0]}." for word in words[: len(words) - len(shown)]] + shown)
