"""What an input of the management review consists of, as plain data.

No ORM. A compiler of figures returns one section; the sections of an input are kept as
JSON, so that screen, print and hash all speak of the same thing. What opens the records
behind a figure is collected in one list and referred to by number: the screen sends the
number alone, never a domain.
"""

JUDGEMENTS = ("better", "worse", "unclear", "")


def figure(label, value, opens=None, **more):
    """Return one figure.

    :param str value: as it is read, “–” without cases
    :param dict opens: ``{"measure", …}`` or ``{"model", "domain"}`` of the records behind it
    :param more: ``previous``, ``interval``, ``judgement`` (one of :data:`JUDGEMENTS`), ``note``

    >>> figure("Late", "3", note="of 10")["note"]
    'of 10'
    """
    row = {"label": label, "value": value, "previous": "", "interval": "", "judgement": ""}
    return {**row, "note": "", "opens": opens, **more}


def section(title, figures=(), charts=(), table=None, text=()):
    """Return what one compiler found.

    :param dict table: ``{"head": [...], "rows": [{"cells": [...], "opens": …}]}``
    :param text: sentences made of records, e.g. the names of what is missing
    """
    return {
        "title": title,
        "figures": list(figures),
        "charts": list(charts),
        "table": table or {"head": [], "rows": []},
        "text": list(text),
    }


def is_empty(found):
    """Tell whether a section holds nothing that was recorded.

    >>> is_empty(section("x")), is_empty(section("x", [figure("a", "1")]))
    (True, False)
    """
    return not (found["figures"] or found["charts"] or found["table"]["rows"] or found["text"])


def content(sections):
    """Return the content of an input: sections, and what each number opens.

    >>> made = content([section("x", [figure("a", "1", {"model": "m"}), figure("b", "2")])])
    >>> made["opens"], [one["opens"] for one in made["sections"][0]["figures"]]
    ([{'model': 'm'}], [0, None])
    """
    opens = []

    def numbered(row):
        if not row["opens"]:
            return {**row, "opens": None}
        opens.append(row["opens"])
        return {**row, "opens": len(opens) - 1}

    made = [
        {
            **found,
            "figures": [numbered(row) for row in found["figures"]],
            "table": {**found["table"], "rows": [numbered(row) for row in found["table"]["rows"]]},
            "is_empty": is_empty(found),
        }
        for found in sections
    ]
    return {"sections": made, "opens": opens}


def row(*cells, opens=None):
    """Return a row of a table."""
    return {"cells": [str(cell) if cell is not None else "–" for cell in cells], "opens": opens}
