"""The pack of a management review as Word document.

No ORM: plain data goes in (``_pack_values`` of the review) and becomes a report of
``paper_docx``. Charts become tables with a bar of letters, which any office program shows
and prints.
"""

from . import paper_docx

JUDGEMENTS = {"better": "▲ tốt hơn", "worse": "▼ kém hơn", "unclear": "chưa rõ"}
#: Letters a column is counted with at least and at most when the width is shared out.
NARROWEST, WIDEST = 6, 40


def build(pack, charts):
    """Return the document as bytes.

    :param charts: the kernel of the charts: ``table(chart)``, ``bar_text(value, maximum)``
    """
    return paper_docx.build(
        {
            **pack["heading"],
            "number": f"Số: {pack['reference']}",
            "place_date": pack["place_date"],
            "title": "HỒ SƠ XEM XÉT CỦA LÃNH ĐẠO",
            "subtitle": " – ".join(filter(None, (pack["title"], pack["mark"]))),
            "blocks": [
                *_front(pack),
                *_agenda(pack),
                *_inputs(pack, charts),
                *_outputs(pack),
                *_people(pack),
                *_sign_off(pack),
            ],
        }
    )


# === PARTS === #


def _front(pack):
    yield {
        "kind": "facts",
        "rows": [
            ("Cơ quan", pack["agency"]),
            ("Tiêu chuẩn", pack["standard"]),
            ("Kỳ xem xét", f"từ {pack['period'][0]} đến {pack['period'][1]}"),
            ("Thời gian họp", pack["moment"]),
            ("Địa điểm", pack["place"]),
            ("Chủ trì", pack["chair"]),
            ("Thư ký", pack["secretary"]),
        ],
    }


def _agenda(pack):
    yield _heading("I. CHƯƠNG TRÌNH")
    rows = [[each["letter"], each["name"], each["verdict"]] for each in pack["inputs"]]
    yield _table([("Mục", 9), ("Nội dung", 67), ("Kết luận", 24)], rows)


def _inputs(pack, charts):
    yield _heading("II. ĐẦU VÀO XEM XÉT")
    for each in pack["inputs"]:
        yield _heading(f"{each['letter']}) {each['name']}".strip(") "))
        if not each["content"]["sections"]:
            yield _note("Không có ghi nhận trong hệ thống.")
        for section in each["content"]["sections"]:
            yield from _section(section, charts)
        yield from _words("Nhận xét của Thư ký ISO", each["comment"]["lines"])
        yield from _words("Ý kiến tại cuộc họp", each["minutes"]["lines"])
        yield from _words("Kết luận", filter(None, [each["verdict"]]))


def _section(section, charts):
    yield {"kind": "subheading", "text": section["title"]}
    if section["is_empty"]:
        yield _note("Không có ghi nhận trong kỳ.")
        return
    if section["figures"]:
        yield _figures(section["figures"])
    for chart in section["charts"]:
        yield from _chart(chart, charts)
    rows = [row["cells"] for row in section["table"]["rows"]]
    if rows:
        head = section["table"]["head"] or [""] * len(rows[0])
        yield _table(*_fitted(head, rows))
    for sentence in section["text"]:
        yield {"kind": "text", "text": sentence}


def _figures(figures):
    head = "Chỉ số", "Kỳ này", "Kỳ trước", "Khoảng tin cậy 95 %", "Thay đổi"
    rows = [
        (
            f"{row['label']} ({row['note']})" if row["note"] else row["label"],
            row["value"],
            row["previous"],
            row["interval"],
            JUDGEMENTS.get(row["judgement"], ""),
        )
        for row in figures
    ]
    return _table(*_fitted(head, rows))


def _fitted(head, rows):
    """Return columns and rows without empty columns, each as wide as its words ask for.

    >>> columns, rows = _fitted(("Tên", "Kỳ trước", "Số"), [("Mười hai chữ.", "", "1")])
    >>> [(name, round(share)) for name, share in columns], rows
    ([('Tên', 68), ('Số', 32)], [['Mười hai chữ.', '1']])
    """
    columns = [(name, cells) for name, *cells in zip(head, *rows, strict=True) if any(cells)]
    widths = [
        min(max(NARROWEST, *(len(str(text)) for text in (name, *cells))), WIDEST)
        for name, cells in columns
    ]
    shares = [100 * width / sum(widths) for width in widths]
    names = [name for name, _cells in columns]
    kept = zip(*(cells for _name, cells in columns), strict=True)
    return list(zip(names, shares, strict=True)), [list(row) for row in kept]


def _chart(chart, charts):
    yield _note(chart["title"])
    head, rows = charts.table(chart)
    lines = chart["rows"] if chart["kind"] == "bars" else chart["points"]
    highest = chart.get("maximum") or max((line["value"] or 0 for line in lines), default=0)
    shares = (35, 18, 18, 29) if len(head) == 3 else (41, 24, 35)
    shown = [
        [*row, charts.bar_text(line["value"], highest)]
        for row, line in zip(rows, lines, strict=True)
    ]
    yield _table(list(zip([*head, ""], shares, strict=True)), shown)


def _outputs(pack):
    yield _heading("III. ĐẦU RA: QUYẾT ĐỊNH")
    if pack["outputs"]:
        columns = ("TT", 6), ("Loại", 18), ("Nội dung", 41), ("Người thực hiện", 21)
        yield _table(
            [*columns, ("Thời hạn", 14)],
            [
                [str(number), row["kind"], row["name"], row["owner"], row["due"]]
                for number, row in enumerate(pack["outputs"], 1)
            ],
        )
    else:
        yield _note("Không có quyết định.")
    yield from _words("Kết luận chung", pack["conclusion"]["lines"])


def _people(pack):
    yield _heading("IV. THÀNH PHẦN THAM DỰ")
    columns = ("TT", 6), ("Họ tên", 26), ("Chức vụ", 24), ("Vai trò", 15)
    yield _table(
        [*columns, ("Tham dự", 15), ("Ghi chú", 14)],
        [
            [
                str(number),
                *(row[name] for name in ("name", "title", "role", "attendance", "note")),
            ]
            for number, row in enumerate(pack["attendance"], 1)
        ],
    )


def _sign_off(pack):
    yield _heading("V. PHÊ DUYỆT")
    rows = [
        [
            row["role"],
            "\n".join(filter(None, (row["name"], row["title"]))),
            row["date"],
            row["url"],
        ]
        for row in pack["sign_offs"]
    ]
    if rows:
        columns = ("Vai trò", 18), ("Họ tên, chức vụ", 29), ("Ngày", 15), ("Kiểm tra tại", 38)
        yield _table(columns, rows)
    else:
        yield _note("Chưa trình phê duyệt.")
    if pack["fingerprint"]:
        yield _note(f"Mã băm nội dung (SHA-256): {pack['fingerprint']}")


# === BLOCKS === #


def _heading(text):
    return {"kind": "heading", "text": text}


def _note(text):
    return {"kind": "note", "text": text}


def _table(columns, rows):
    return {"kind": "table", "columns": list(columns), "rows": rows}


def _words(title, lines):
    text = "\n".join(lines)
    if text:
        yield {"kind": "facts", "rows": [(title, text)]}
