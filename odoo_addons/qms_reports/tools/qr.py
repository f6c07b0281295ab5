"""A QR code as vector graphics: sharp on paper, and no raster library is needed."""

from markupsafe import Markup
from reportlab.graphics.barcode import qrencoder

QUIET = 2


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
    code = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    side = len(code.modules) + 2 * QUIET
    dots = "".join(
        f"M{column + QUIET} {row + QUIET}h1v1h-1z"
        for row, modules in enumerate(code.modules)
        for column, is_dark in enumerate(modules)
        if is_dark
    )
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="%(size)s" height="%(size)s"'
        ' viewBox="0 0 %(side)s %(side)s"><path d="%(dots)s"/></svg>'
    ) % {"size": size, "side": side, "dots": dots}
