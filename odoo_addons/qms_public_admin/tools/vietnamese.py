"""Compare Vietnamese names that are spelt in several ways.

>>> fold("UBND huyện Hoà  Thành") == fold("UBND huyện Hòa Thành")
True
>>> fold("Ðồng Nai") == fold("Đồng Nai")
True
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
