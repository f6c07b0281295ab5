"""Compare Vietnamese names that are spelt in several ways.

>>> fold("UBND huyện Hoà  Thành") == fold("UBND huyện Hòa Thành")
True
>>> fold("Ðồng Nai") == fold("Đồng Nai")
True

People search without accents. ``plain`` is what they type:

>>> plain("Đăng ký KHAI SINH")
'dang ky khai sinh'
>>> plain(unicodedata.normalize("NFD", "Nguyễn Thị Thử"))
'nguyen thi thu'
"""

import re
import unicodedata

# The letter Eth (U+00D0) is often typed for Đ (U+0110); both look the same.
_LOOKALIKES = str.maketrans({"Ð": "Đ", "ð": "đ", "–": "-", "—": "-", "\u00a0": " "})
# Old and new placing of the tone mark on oa, oe, uy.
_TONE_PLACES = {
    "oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa",
    "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe",
    "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}  # fmt: skip
# Every accented letter of the language in both cases, composed, and its plain letter.
_TONE_MARKS = "\u0300\u0301\u0303\u0309\u0323"
_LETTER_MARKS = {"a": "\u0302\u0306", "e": "\u0302", "o": "\u0302\u031b", "u": "\u031b"}
_TONES = re.compile("|".join(_TONE_PLACES))


def clean(text):
    """Return the text in composed form with single spaces and the right Đ."""
    composed = unicodedata.normalize("NFC", text or "").translate(_LOOKALIKES)
    return re.sub(r"\s+", " ", composed).strip()


def fold(text):
    """Return a key that is equal for spellings of the same name."""
    lowered = clean(text).lower()
    placed = _TONES.sub(lambda match: _TONE_PLACES[match.group(0)], lowered)
    return re.sub(r"[\s.,;:()\"'“”-]+", " ", placed).strip()


def _plain_letters():
    """Give ``{accented letter: plain letter}``, lower case on the right."""
    letters = dict.fromkeys("ĐđÐð", "d")
    for vowel in "aeiouy":
        for mark in ("", *_LETTER_MARKS.get(vowel, "")):
            for tone in ("", *_TONE_MARKS):
                letter = unicodedata.normalize("NFC", vowel + mark + tone)
                if letter != vowel:
                    letters[letter] = letters[letter.upper()] = vowel
    return letters


_PLAIN_LETTERS = _plain_letters()
#: Arguments of PostgreSQL's ``translate``: these letters become those; the marks of
#: decomposed text, which have no counterpart, are taken out.
ACCENTED = "".join(_PLAIN_LETTERS) + _TONE_MARKS + "\u0302\u0306\u031b"
PLAIN = "".join(_PLAIN_LETTERS.values())
_PLAIN_TABLE = str.maketrans(ACCENTED[: len(PLAIN)], PLAIN, ACCENTED[len(PLAIN) :])


def plain(text):
    """Return the text as it is typed without accents, in lower case.

    The database computes the same (see ``models/mixins/plain_text.py``); both come
    from one table of letters.
    """
    return (text or "").translate(_PLAIN_TABLE).lower()
