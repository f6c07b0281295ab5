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


#: Arguments of PostgreSQL's ``translate`` after ``normalize(…, NFD)``: these letters
#: become those; the marks, which have no counterpart, are taken out.
ACCENTED = "ĐđÐð" + "\u0300\u0301\u0302\u0303\u0306\u0308\u0309\u031b\u0323\u0327"
PLAIN = "dddd"
_PLAIN_TABLE = str.maketrans(ACCENTED[: len(PLAIN)], PLAIN, ACCENTED[len(PLAIN) :])


def plain(text):
    """Return the text as it is typed without accents, in lower case.

    The database computes the same (see ``models/mixins/plain_text.py``); both come
    from the letters above.
    """
    return unicodedata.normalize("NFD", text or "").translate(_PLAIN_TABLE).lower()


def long_day(day):
    """Return a day as administrative documents write it.

    Days below ten and the months January and February get a nought before them, other
    months do not (NĐ 30/2020/NĐ-CP, annex I, II.4.b).

    >>> import datetime
    >>> [long_day(datetime.date(2026, month, 5)) for month in (2, 6, 11)]
    ['ngày 05 tháng 02 năm 2026', 'ngày 05 tháng 6 năm 2026', 'ngày 05 tháng 11 năm 2026']
    """
    month = f"{day.month:02d}" if day.month < 3 else day.month
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"
