"""Numbers of the pages of a print, laid upon the finished PDF.

Decree 30/2020/NĐ-CP, annex I: Arabic figures in the middle of the upper margin, from the
second page on. The number of pages stands beside it, so that a sheet that is missing shows.
wkhtmltopdf numbers nothing without the patched Qt; this asks nothing of it.
"""

import io

from pypdf import PdfReader, PdfWriter
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

# Every margin of ours is 12 mm at least: the line stands free in it.
BASELINE = 8 * mm
FONT, SIZE = "Times-Roman", 11


def numbered(content):
    """Return the PDF with its pages numbered; one of a single page stays as it is.

    :param bytes content: a PDF

    >>> target = io.BytesIO()
    >>> canvas = Canvas(target, pagesize=(300, 200))
    >>> for _page in range(3):
    ...     canvas.drawString(50, 50, "text")
    ...     canvas.showPage()
    >>> canvas.save()
    >>> pages = PdfReader(io.BytesIO(numbered(target.getvalue()))).pages
    >>> [page.extract_text().split() for page in pages]
    [['text'], ['Trang', '2/3', 'text'], ['Trang', '3/3', 'text']]
    """
    pages = PdfReader(io.BytesIO(content)).pages
    if len(pages) < 2:
        return content
    writer = PdfWriter()
    heads = PdfReader(io.BytesIO(_heads([page.mediabox for page in pages]))).pages
    for page, head in zip(pages, heads, strict=True):
        # The text goes onto the number: the other way round the fonts of the text are lost.
        writer.add_page(head).merge_page(page)
        writer.pages[-1].compress_content_streams()
    # Each page brought a copy of the fonts along.
    writer.compress_identical_objects()
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _heads(boxes):
    """Return pages of the sizes given with nothing but their numbers."""
    target = io.BytesIO()
    canvas = Canvas(target)
    for number, box in enumerate(boxes, 1):
        width, height = float(box.width), float(box.height)
        canvas.setPageSize((width, height))
        if number > 1:
            canvas.setFont(FONT, SIZE)
            canvas.drawCentredString(width / 2, height - BASELINE, f"Trang {number}/{len(boxes)}")
        canvas.showPage()
    canvas.save()
    return target.getvalue()
