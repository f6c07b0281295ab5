"""A QR code: vector graphics for paper, a picture for Word."""

from markupsafe import Markup
from PIL import Image
from reportlab.graphics.barcode import qrencoder

from .barcode import png

QUIET = 2
MASK = 3


def modules(text):
    """Return the rows of modules of the QR code of ``text`` (true: dark).

    >>> len(modules("H15.50-261121-0001")) in range(21, 178, 4)
    True
    """
    code = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
    code.addData(text)
    # One mask for all: comparing the eight takes most of the time of a receipt, and
    # these short codes are read with any of them.
    code.version = code.calculate_version()
    code.makeImpl(False, MASK)
    return code.modules


def qr_svg(text, size):
    """Return ``text`` as a QR code in SVG, empty for no text.

    :param int size: width and height in CSS pixels

    >>> svg = qr_svg("H15.50-261121-0001", 100)
    >>> svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" width="100"')
    True
    >>> str(qr_svg("", 100))
    ''
    """
    if not text:
        return Markup("")
    rows = modules(text)
    side = len(rows) + 2 * QUIET
    dots = "".join(
        f"M{column + QUIET} {row + QUIET}h1v1h-1z"
        for row, cells in enumerate(rows)
        for column, is_dark in enumerate(cells)
        if is_dark
    )
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="%(size)s" height="%(size)s"'
        ' viewBox="0 0 %(side)s %(side)s"><path d="%(dots)s"/></svg>'
    ) % {"size": size, "side": side, "dots": dots}


def qr_png(text, scale=6):
    """Return ``text`` as a QR code in PNG, None for no text.

    >>> qr_png("H15.50-261121-0001")[:4]
    b'\\x89PNG'
    """
    if not text:
        return None
    rows = modules(text)
    side = len(rows) + 2 * QUIET
    picture = Image.new("1", (side, side), 1)
    for row, cells in enumerate(rows):
        for column, is_dark in enumerate(cells):
            if is_dark:
                picture.putpixel((column + QUIET, row + QUIET), 0)
    return png(picture.resize((side * scale, side * scale)))
