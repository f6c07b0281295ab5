"""Code 128 bars of a dossier code, as vector graphics for paper and as picture for Word."""

import io

from markupsafe import Markup
from PIL import Image, ImageDraw
from reportlab.graphics.barcode.code128 import Code128

QUIET = 10


def bars(text):
    """Return ``[(first module, modules)]`` of the black bars, and the width in modules.

    >>> found, width = bars("H15.50-261121-0001")
    >>> found[0], width > 200
    ((10, 2), True)
    >>> bars("")
    ([], 0)
    """
    if not text:
        return [], 0
    code = Code128(text)
    code.validate()
    code.encode()
    code.decompose()
    found, at = [], QUIET
    for letter in code.decomposed:
        modules = ord(letter.lower()) - ord("a") + 1
        if letter.isupper():  # reportlab writes bars in capitals, gaps in small letters
            found.append((at, modules))
        at += modules
    return found, at + QUIET


def barcode_svg(text, height, module=1.0):
    """Return the bars in SVG, empty for no text or one that Code 128 cannot carry.

    :param float height: in CSS pixels
    :param float module: width of the narrowest bar in CSS pixels

    >>> barcode_svg("A1", 30).startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    True
    >>> str(barcode_svg("Mã", 30))
    ''
    """
    if not _is_plain(text):
        return Markup("")
    found, width = bars(text)
    path = "".join(f"M{at} 0h{modules}v1h-{modules}z" for at, modules in found)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="%(width)s" height="%(height)s"'
        ' viewBox="0 0 %(side)s 1" preserveAspectRatio="none"><path d="%(path)s"/></svg>'
    ) % {"width": round(width * module, 1), "height": height, "side": width, "path": path}


def barcode_png(text, height=60, module=3):
    """Return the bars as PNG, None for no text or one that Code 128 cannot carry.

    >>> barcode_png("A1")[:4]
    b'\\x89PNG'
    """
    if not _is_plain(text):
        return None
    found, width = bars(text)
    picture = Image.new("1", (width * module, height), 1)
    draw = ImageDraw.Draw(picture)
    for at, modules in found:
        draw.rectangle((at * module, 0, (at + modules) * module - 1, height), fill=0)
    return png(picture)


def png(picture):
    """Return a picture as PNG bytes."""
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def _is_plain(text):
    return bool(text) and text.isascii() and text.isprintable()
