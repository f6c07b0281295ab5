"""Tables cut into pages before they are printed.

The unpatched wkhtmltopdf neither repeats the head of a table nor keeps a row in one
piece. So the pages are planned here, by counting lines, and each gets its own head.
"""

import textwrap


def text_lines(text, width):
    """Return how many lines ``text`` takes in a column of ``width`` characters.

    >>> text_lines("Thanh lý tài sản công", 12), text_lines("", 12), text_lines(None, 5)
    (2, 1, 1)
    >>> text_lines("one\\ntwo", 12)
    2
    """
    paragraphs = (text or "").splitlines() or [""]
    return sum(len(textwrap.wrap(part, width)) or 1 for part in paragraphs)


def row_height(texts_and_widths, padding=0.5):
    """Return the height of a row, in lines: that of its highest cell.

    >>> row_height([("Nguyễn Văn An", 8), ("x", 8)])
    2.5
    """
    return max(text_lines(text, width) for text, width in texts_and_widths) + padding


def paginate(rows, height, first, others):
    """Return the rows as a list of pages, at least one.

    :param height: function that gives the height of a row in lines
    :param first: lines that the table may take on the first page
    :param others: lines that it may take on the following pages

    >>> paginate([1, 1, 1, 1, 5], lambda row: row, 2, 3)
    [[1, 1], [1, 1], [5]]
    >>> paginate([], len, 2, 3)
    [[]]
    """
    pages, used, room = [[]], 0, first
    for row in rows:
        lines = height(row)
        if pages[-1] and used + lines > room:
            pages.append([])
            used, room = 0, others
        pages[-1].append(row)
        used += lines
    return pages
