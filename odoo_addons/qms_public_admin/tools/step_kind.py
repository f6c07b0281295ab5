"""Tell what a step of an internal process does from the words that describe it.

>>> guess("Tiếp nhận hồ sơ, quét và chuyển phòng chuyên môn", 0, 7)
'receive'
>>> guess("Thẩm định hồ sơ", 2, 7)
'process'
>>> guess("Ký duyệt", 4, 7)
'approve'
>>> guess("Vào số văn bản, đóng dấu, chuyển bộ phận một cửa", 5, 7)
'issue'
>>> guess("Trả kết quả cho tổ chức, cá nhân", 6, 7)
'return'
"""

import re

from .vietnamese import clean

_RETURN = re.compile(
    r"trả kết quả|trả cho (?:tổ chức|cá nhân|công dân)|giao trả|nhận kết quả|trao quyết định"
)
# Only as the last act do these end the case; earlier they are ordinary work.
_LAST_ISSUE = re.compile(r"đăng tải công khai|cấp (?:giấy|phiếu|thẻ|chứng)|gửi văn bản trả lời")
_RECEIVING_DESK = re.compile(
    r"(?:phiếu|giấy)[^.;]{0,40}(?:hẹn|tiếp nhận)|hẹn trả|bộ phận (?:tiếp nhận|tn)"
)
_RECEIVE = re.compile(r"tiếp nhận|tip nhận|nhận hồ sơ|nộp hồ sơ")
_ISSUE = re.compile(r"đóng dấu|vào sổ|vào số|lấy số|ban hành|phát hành|cấp số")
_APPROVE = re.compile(r"ký duyệt|phê duyệt|ký ban hành|duyệt|ký số|\bký\b|quyết định")


def guess(text, index, count):
    """Return ``receive``, ``process``, ``approve``, ``issue`` or ``return``.

    :param str text: what is done
    :param int index: place of the step, from 0
    :param int count: number of steps
    """
    words = clean(text).lower()
    if index == 0 and count > 1:
        return "receive" if _RECEIVE.search(words) else "process"
    if _RETURN.search(_RECEIVING_DESK.sub(" ", words)) and index >= count // 2:
        return "return"
    if index == count - 1 and (_RETURN.search(words) or _RECEIVING_DESK.search(words)):
        return "return"
    if _ISSUE.search(words) or (index == count - 1 and _LAST_ISSUE.search(words)):
        return "issue"
    if _APPROVE.search(words) and not re.search(r"trình|dự thảo", words):
        return "approve"
    return "process"
