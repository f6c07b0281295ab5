"""What is in an upload: the files of a ZIP, within limits, or the file itself."""

import io
import zipfile
from typing import NamedTuple

MIB = 1024 * 1024
#: A small archive may be packed as tightly as it likes.
_RATIO_FROM = 4 * MIB


class ArchiveError(ValueError):
    """A ZIP file that is not opened, with a code for the message."""

    def __init__(self, code, /, **params):
        super().__init__(code)
        self.code = code
        self.params = params


class Limits(NamedTuple):
    """What an archive may cost: files, bytes unpacked, bytes unpacked for one packed."""

    members: int
    size: int
    ratio: int = 150


def unpack(content, name, limits, suffixes=()):
    """Return ``[(path, bytes)]`` of what a ZIP holds, or of the file itself.

    Hidden files and those that offices leave behind while a file is open are left out.

    :param tuple suffixes: endings of the files wanted; all when empty
    :raise ArchiveError: ``archive_damaged``, or ``archive_too_large`` before it is unpacked
    """
    if not name.lower().endswith(".zip"):
        return [(name, content)]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [info for info in archive.infolist() if _is_wanted(info, suffixes)]
            if _is_too_large(members, limits):
                raise ArchiveError("archive_too_large", name=name)
            return [(_path(info), archive.read(info)) for info in members]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise ArchiveError("archive_damaged", name=name) from error


def _is_wanted(info, suffixes):
    base = info.filename.rsplit("/", 1)[-1]
    if info.is_dir() or base.startswith((".", "~$")) or "__MACOSX" in info.filename:
        return False
    return not suffixes or base.lower().endswith(suffixes)


def _is_too_large(members, limits):
    size = sum(info.file_size for info in members)
    packed = sum(info.compress_size for info in members) or 1
    if len(members) > limits.members or size > limits.size:
        return True
    return size > _RATIO_FROM and size / packed > limits.ratio


def _path(info):
    """Return the path; Windows packs Vietnamese names without saying that they are UTF-8."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename
