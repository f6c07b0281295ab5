"""The key on the receipt that, with the code, opens a dossier to who holds the paper.

Eight characters of thirty, none of which is mistaken for another on paper or over the
telephone: neither 0 and O, nor 1, I and L, nor B beside 8. That makes 6.6e11 keys; at the
few tries an hour that the look-up page allows for one dossier nobody guesses one.
"""

import hmac
import secrets

ALPHABET = "23456789ACDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8
_DASHES = "-\u2010\u2011\u2013\u2014 \u00a0"


def new_key():
    """Return a new random key.

    >>> key = new_key()
    >>> len(key), set(key) <= set(ALPHABET)
    (8, True)
    """
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def shown(key):
    """Return a key as it is printed, in two groups.

    >>> shown("ACDE2345"), shown("")
    ('ACDE-2345', '')
    """
    return f"{key[:4]}-{key[4:]}" if key else ""


def normalised(text):
    """Return what was typed as it is stored: capitals, without dashes and spaces.

    >>> normalised(" acde–2345 ")
    'ACDE2345'
    """
    return "".join(char for char in (text or "").upper() if char not in _DASHES)


def same(typed, stored):
    """Tell whether two texts are the same, in a time that does not tell how much is.

    An empty text is never the same as anything.

    >>> same("A", "A"), same("A", "B"), same("", ""), same("Đ", "Đ")
    (True, False, False, True)
    """
    equal = hmac.compare_digest(typed.encode(), stored.encode())
    return equal and bool(stored)


PHONE_DIGITS = 6


def phone_end(phone):
    """Return the last digits of a telephone number, '' when it has too few.

    >>> phone_end("+84 912 345 678"), phone_end("123"), phone_end(None)
    ('345678', '', '')
    """
    digits = "".join(char for char in phone or "" if char in "0123456789")
    return digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS + 2 else ""
