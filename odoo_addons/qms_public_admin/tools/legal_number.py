"""Numbers of Vietnamese legal documents: found in running text, compared, understood.

The national list of procedures glues numbers to titles and to each other; people type
them with and without spaces, leading zeros and the right Đ.

>>> find("Nghị định 08/2015/NĐ-CP08/2015/NĐ-CP ; Luật 54/2014/QH1354/2014/QH13")
['08/2015/NĐ-CP', '54/2014/QH13']
>>> find("66.7/2025/NQ-CPVề cấp bản sao23/2015/NĐ-CPsửa đổi; TT 36/2025/TT-BNNMTQuy định")
['66.7/2025/NQ-CP', '23/2015/NĐ-CP', '36/2025/TT-BNNMT']
>>> find("Quyết định số 537/QĐ-BDT ngày 30/12/2016, 19/2014/QĐ-TTg")
['537/QĐ-BDT', '19/2014/QĐ-TTg']
>>> key("8/2015/nđ-cp") == key("08 / 2015 / NÐ-CP")
True
>>> kind("54/2014/QH13"), kind("19/2014/QĐ-TTg"), kind("684/UBND-KSTTHC"), kind("x")
('law', 'decision', 'letter', 'other')
>>> year("08/2015/NĐ-CP"), year("54/2014/QH13"), year("537/QĐ-BDT")
(2015, 2014, None)
"""

import re

from .vietnamese import clean

# Who issues: known ones first, as the next word often follows without a space.
_ISSUERS = (
    "VKSNDTC|BLĐTBXH|BVHTTDL|BNNPTNT|TANDTC|UBTVQH|UBTƯMTTQVN|BNNMT|BTNMT|BTTTT|BKHCN|BKHĐT"
    "|BGTVT|BGDĐT|BDTTG|BTTT|BHXH|UBND|HĐND|VPCP|NHNN|UBDT|TTCP|KTNN|TTPVHCC|BTC|BTP|BCA|BQP"
    "|BNV|BYT|BXD|BCT|BNG|BDT|TTg|CP"
)
_CAPITALS = rf"(?:{_ISSUERS}|[A-ZĐ]+)"
_TYPES = "TTLT|VBHN|NQLT|NĐ|NQ|QĐ|TT|CT|PL|L"
_NUMBER = re.compile(
    # A number may itself have a point (resolutions of 2025); a year is not always there.
    r"(?<![\d/])(?<!\d\.)\d{1,5}(?:\.\d{1,2})?\s?/\s?(?:(?:19|20)\d\d\s?/\s?)?"
    rf"(?:(?:UBTV)?QH\d\d|(?:{_TYPES})(?:[-/&]{_CAPITALS})+"
    rf"|{_CAPITALS}(?:[-/&]{_CAPITALS})+)"
)
# Numbers glued together: where the second begins, the first has ended.
_GLUED = re.compile(
    r"(?<=QH\d\d)(?=\d)"
    r"|(?<=[A-ZĐg])(?<!QH)(?=\d{1,5}(?:\.\d{1,2})?/(?:\d{4}/)?[A-ZĐ]{2})"
)
_SIGNS = (
    (re.compile(r"QH\d*$"), "law"),
    (re.compile(r"(PL[-/])?UBTVQH"), "ordinance"),
    (re.compile(r"NĐ\b"), "decree"),
    (re.compile(r"NQ\b|NQLT\b"), "resolution"),
    (re.compile(r"QĐ\b"), "decision"),
    (re.compile(r"TTLT\b"), "joint_circular"),
    (re.compile(r"TT\b"), "circular"),
    (re.compile(r"CT\b"), "directive"),
    (re.compile(r"VBHN\b"), "consolidated"),
    (re.compile(r"[A-ZĐ]+-[A-ZĐ]+"), "letter"),
)


_YEAR = re.compile(r"/((?:19|20)\d\d)/")


def year(number):
    """Return the year a number names, None when it names none."""
    match = _YEAR.search(re.sub(r"\s", "", number or ""))
    return int(match[1]) if match else None


def find(text):
    """Return the numbers named in a text, each once, as first written."""
    parted = _GLUED.sub(" ", clean(text))
    found = {}
    for match in _NUMBER.finditer(parted):
        number = re.sub(r"\s", "", match.group())
        found.setdefault(key(number), number)
    return list(found.values())


def key(number):
    """Return what is equal for spellings of one number, '' for none."""
    text = re.sub(r"\s", "", clean(number)).upper()
    return re.sub(r"^0+(?=\d)", "", text)


def kind(number):
    """Return the kind of document its number tells: a key of the register, or ``other``."""
    _no, _slash, sign = key(number).partition("/")
    sign = re.sub(r"^\d{4}/", "", sign)
    return next((name for pattern, name in _SIGNS if pattern.match(sign)), "other")
