"""Files that citizens send: how many, how large, and whether they are what they say.

The name alone decides nothing: a file is taken when its extension is on the list *and* its
content begins as files of that kind do. Whatever a browser would run (HTML, SVG, scripts)
or an office would run (macros) is not on it. The type a client claims is never looked at.
"""

import io
import unicodedata
import zipfile

MAX_FILES = 5
MAX_BYTES = 10 * 2**20
MAX_NAME = 120
# An office file holds some dozens of parts; thousands are an attack on who unpacks it.
MAX_PARTS = 2000

_OOXML = "application/vnd.openxmlformats-officedocument"
# Extension: type under which the file is kept, how its content begins, part it holds.
KINDS = {
    "pdf": ("application/pdf", b"%PDF-", None),
    "jpg": ("image/jpeg", b"\xff\xd8\xff", None),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff", None),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n", None),
    "docx": (f"{_OOXML}.wordprocessingml.document", b"PK\x03\x04", "word/document.xml"),
    "xlsx": (f"{_OOXML}.spreadsheetml.sheet", b"PK\x03\x04", "xl/workbook.xml"),
    "odt": ("application/vnd.oasis.opendocument.text", b"PK\x03\x04", "content.xml"),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", b"PK\x03\x04", "content.xml"),
}
# Documents of an agency come from its own people: older office files are taken as well.
DOCUMENT_KINDS = {
    **KINDS,
    "pptx": (f"{_OOXML}.presentationml.presentation", b"PK\x03\x04", "ppt/presentation.xml"),
    "doc": ("application/msword", b"\xd0\xcf\x11\xe0", None),
    "xls": ("application/vnd.ms-excel", b"\xd0\xcf\x11\xe0", None),
}


def _lt(text):
    """Mark a message for translation; the ORM side translates it."""
    return text


MESSAGES = {
    "too_many": _lt("Send at most %(limit)s files at a time."),
    "too_large": _lt("“%(name)s” is too large: at most %(limit)s MB a file."),
    "empty": _lt("“%(name)s” is empty."),
    "wrong_type": _lt("“%(name)s” cannot be taken. Send one of these kinds: %(known)s."),
    "content_mismatch": _lt("“%(name)s” is not what its name says, or it is damaged."),
    "macros": _lt("“%(name)s” contains macros and cannot be taken."),
}


class UploadError(Exception):
    """A file that is not taken, with the words for the sender."""

    def __init__(self, key, **params):
        super().__init__(key)
        self.key = key
        self.template = MESSAGES[key]
        self.params = params


def clean_name(name):
    """Return a file name without folders and invisible characters, not too long.

    >>> clean_name("C:\\\\tmp\\\\don\\x00.pdf"), clean_name("../../x.pdf")
    ('don.pdf', 'x.pdf')
    >>> len(clean_name("a" * 300 + ".pdf")), clean_name("a" * 300 + ".pdf")[-4:]
    (120, '.pdf')
    """
    name = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if not unicodedata.category(c).startswith("C")).strip()
    stem, dot, extension = name.rpartition(".")
    return (
        name if len(name) <= MAX_NAME else stem[: MAX_NAME - 1 - len(extension)] + dot + extension
    )


def checked(name, content, kinds=None, max_bytes=MAX_BYTES):
    """Return the clean name of a file and the type under which it is kept.

    :param dict kinds: what is taken, :data:`KINDS` when not given
    :raise UploadError: when the file is not taken

    >>> checked("đơn.PDF", b"%PDF-1.7")
    ('đơn.PDF', 'application/pdf')
    >>> try:
    ...     checked("page.html", b"<html>")
    ... except UploadError as error:
    ...     error.key
    'wrong_type'
    """
    kinds = kinds or KINDS
    name = clean_name(name)
    extension = name.rpartition(".")[2].lower()
    if extension not in kinds:
        raise UploadError("wrong_type", name=name, known=", ".join(kinds))
    if not content:
        raise UploadError("empty", name=name)
    if len(content) > max_bytes:
        raise UploadError("too_large", name=name, limit=max_bytes // 2**20)
    mimetype, start, part = kinds[extension]
    if not content.startswith(start):
        raise UploadError("content_mismatch", name=name)
    if part:
        _check_parts(name, content, part)
    return name, mimetype


def _check_parts(name, content, part):
    """Look into an office file, by its directory alone: nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UploadError("content_mismatch", name=name) from error
    if part not in names or len(names) > MAX_PARTS:
        raise UploadError("content_mismatch", name=name)
    # Binary macros of Microsoft, Basic and scripts of OpenDocument.
    if any(
        n.lower().endswith("vbaproject.bin") or n.startswith(("Basic/", "Scripts/")) for n in names
    ):
        raise UploadError("macros", name=name)


def checked_all(files):
    """Return ``(name, type, content)`` of all files, or refuse all of them.

    :param files: ``(name, content)``; those without a name are empty form fields
    """
    given = [(name, content) for name, content in files if name]
    if len(given) > MAX_FILES:
        raise UploadError("too_many", limit=MAX_FILES)
    return [(*checked(name, content), content) for name, content in given]
