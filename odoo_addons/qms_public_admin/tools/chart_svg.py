"""Small charts as SVG that a screen, wkhtmltopdf and a printer show alike.

No ORM, no style sheet, no script: each shape carries its own look, since the plain build of
wkhtmltopdf knows neither variables nor media queries. A chart is a dictionary that can be
kept as JSON; :func:`svg` draws it and :func:`table` writes the same figures as rows, for
papers that take no drawing.

A chart of bars::

    {"kind": "bars", "title": …, "maximum": 1.0, "names": ["this period", "before"],
     "rows": [{"label": …, "value": 0.9, "text": "90 %", "previous": 0.8,
               "previous_text": "80 %"}, …]}

A line over time::

    {"kind": "line", "title": …, "maximum": 1.0, "target": 0.95, "target_text": …,
     "points": [{"label": "01", "value": 0.9, "text": "90 %"}, …]}

A value of None is a gap: nothing was recorded, which is not nought.
"""

from xml.sax.saxutils import escape

WIDTH = 640
FONT = "'Noto Sans', 'DejaVu Sans', Arial, sans-serif"
INK, PALE, ACCENT, OLD, GOAL = "#333333", "#d9dee3", "#1f6f8b", "#b5c4ce", "#b3541e"
# Bars: width of the labels, height of a row, room for the value at the right.
LABELS, ROW, VALUES = 220, 24, 92
LABEL_LETTERS = 34
# Between the title of a line and the figure at its highest point.
CLEAR = 12
# Line: height of the drawing, its margins.
LINE_HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 170, 40, 24, 26, 26


def svg(chart):
    """Draw a chart.

    :raise ValueError: for a kind that is none

    >>> drawn = svg({"kind": "bars", "title": "A & B", "rows": [
    ...     {"label": "Unit", "value": 0.5, "text": "50 %"}]})
    >>> drawn.startswith("<svg") and "A &amp; B" in drawn and "50 %" in drawn
    True
    >>> svg({"kind": "pie"})
    Traceback (most recent call last):
    ...
    ValueError: 'pie' is no kind of chart.
    """
    drawers = {"bars": _bars, "line": _line}
    if chart["kind"] not in drawers:
        raise ValueError(f"{chart['kind']!r} is no kind of chart.")
    return drawers[chart["kind"]](chart)


def table(chart):
    """Return ``(headings, rows)``: what the chart shows, in words.

    >>> table({"kind": "line", "title": "x", "points": [
    ...     {"label": "01", "value": None}, {"label": "02", "value": 1, "text": "1"}]})
    (['', ''], [['01', '–'], ['02', '1']])
    """
    if chart["kind"] == "line":
        rows = [[point["label"], _shown(point)] for point in chart["points"]]
        return ["", ""], rows
    has_before = _has_before(chart)
    names = [*chart.get("names", ("", "")), "", ""]
    headings = ["", names[0], *([names[1]] if has_before else [])]
    rows = [
        [row["label"], _shown(row), *([_shown(row, "previous")] if has_before else [])]
        for row in chart["rows"]
    ]
    return headings, rows


def bar_text(value, maximum, length=20):
    """Return a bar made of letters, for papers that take no drawing.

    >>> bar_text(0.5, 1.0, 10), bar_text(None, 1.0), bar_text(3, 0)
    ('█████', '', '')
    """
    if not value or not maximum:
        return ""
    return "█" * max(1, round(length * min(value / maximum, 1)))


# === BARS === #


def _bars(chart):
    """Lying bars, one a row; the value before as a thin pale bar under it."""
    has_before = _has_before(chart)
    head = 22 + (16 if has_before else 0)
    height = head + ROW * len(chart["rows"]) + 4
    scale = (WIDTH - LABELS - VALUES) / (_maximum(chart, chart["rows"]) or 1)
    parts = [_text(0, 14, chart["title"], weight="bold")]
    if has_before:
        parts += _legend(chart["names"], 20)
    for number, row in enumerate(chart["rows"]):
        parts += _bar(row, head + ROW * number, scale, has_before)
    return _drawing(height, chart["title"], parts)


def _bar(row, top, scale, has_before):
    thick = 10 if has_before else 14
    parts = [
        _text(LABELS - 8, top + 14, _short(row["label"]), anchor="end"),
        _rect(LABELS, top + 3, WIDTH - LABELS - VALUES, thick, "#f4f6f8"),
    ]
    length = scale * max(row["value"] or 0, 0)
    if row["value"] is not None:
        parts.append(_rect(LABELS, top + 3, max(length, 1), thick, ACCENT))
    if has_before and row.get("previous") is not None:
        parts.append(_rect(LABELS, top + 14, max(scale * row["previous"], 1), 5, OLD))
    parts.append(_text(WIDTH - VALUES + 6, top + 13, _shown(row)))
    return parts


def _legend(names, top):
    return [
        _rect(LABELS, top, 10, 10, ACCENT),
        _text(LABELS + 15, top + 9, names[0], size=10),
        _rect(LABELS + 170, top, 10, 10, OLD),
        _text(LABELS + 185, top + 9, names[1], size=10),
    ]


# === LINE === #


def _line(chart):
    """A line over the points; the target as a broken line."""
    points = chart["points"]
    goal = chart.get("target")
    highest = _maximum(chart, points) or 1
    if goal is not None:
        highest = max(highest, goal)
    step = (WIDTH - LEFT - RIGHT) / max(len(points) - 1, 1)
    # The figures above the highest points stay clear of the title.
    top = TOP + CLEAR
    depth = LINE_HEIGHT - top - BOTTOM

    def place(number, value):
        return LEFT + step * number, top + depth * (1 - min(value / highest, 1))

    base = top + depth
    parts = [
        _text(0, 14, chart["title"], weight="bold"),
        _path([(LEFT, base), (WIDTH - RIGHT, base)], PALE, 1),
    ]
    if goal is not None:
        level = place(0, goal)[1]
        parts.append(_path([(LEFT, level), (WIDTH - RIGHT, level)], GOAL, 1, "5,4"))
        parts.append(
            _text(WIDTH - RIGHT, level - 4, chart.get("target_text", ""), GOAL, "end", size=10)
        )
    for run in _runs(points):
        parts.append(_path([place(number, value) for number, value in run], ACCENT, 2))
    for number, point in enumerate(points):
        x, _y = place(number, 0)
        parts.append(_text(x, LINE_HEIGHT - 8, point["label"], anchor="middle", size=10))
        if point["value"] is not None:
            parts += _dot(*place(number, point["value"]), _shown(point))
    return _drawing(LINE_HEIGHT, chart["title"], parts)


def _dot(x, y, text):
    shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{ACCENT}"/>'
    return [shape, _text(x, y - 7, text, anchor="middle", size=10)]


def _runs(points):
    """Return the stretches without a gap as lists of ``(number, value)``.

    >>> _runs([{"value": 1}, {"value": None}, {"value": 2}, {"value": 3}])
    [[(0, 1)], [(2, 2), (3, 3)]]
    """
    runs = [[]]
    for number, point in enumerate(points):
        if point["value"] is None:
            runs.append([])
        else:
            runs[-1].append((number, point["value"]))
    return [run for run in runs if run]


# === SHAPES === #


def _drawing(height, title, parts):
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" class="o_qms_chart">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def _text(x, y, text, fill=INK, anchor="start", weight="normal", size=12):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" text-anchor="{anchor}" '
        f'font-family="{FONT}" font-size="{size}" font-weight="{weight}">{escape(str(text))}</text>'
    )


def _rect(x, y, width, height, fill):
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height}" fill="{fill}" '
        'rx="2"/>'
    )


def _path(points, colour, width, dashes=""):
    course = " L ".join(f"{x:.1f} {y:.1f}" for x, y in points)
    broken = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path d="M {course}" fill="none" stroke="{colour}" stroke-width="{width}"{broken}/>'


def _short(text):
    """Cut a label that would run out of its column.

    >>> _short("x" * 40)[-1], len(_short("x" * 40))
    ('…', 34)
    """
    return text if len(text) <= LABEL_LETTERS else text[: LABEL_LETTERS - 1].rstrip() + "…"


def _shown(row, name="value"):
    if row.get(name) is None:
        return "–"
    return row.get("text" if name == "value" else "previous_text") or str(row[name])


def _has_before(chart):
    return any(row.get("previous") is not None for row in chart["rows"])


def _maximum(chart, rows):
    if chart.get("maximum"):
        return chart["maximum"]
    values = [row.get(name) for row in rows for name in ("value", "previous")]
    return max((value for value in values if value is not None), default=0)
