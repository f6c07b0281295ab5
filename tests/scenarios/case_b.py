"""Reference case B: the documents of Long Châu commune, Bắc Ninh, 2017.

The article of 24 November 2017 counts 178 operating and 10 common procedures and names none.
Titles, codes and dates are ours; the codes are of no national list. The set comes as agencies
keep it: a folder packed as ZIP, an index workbook, files of three kinds.
"""

import io
import zipfile
from dataclasses import dataclass

import docx
import openpyxl
from freezegun import freeze_time
from reportlab.pdfgen import canvas

from odoo.fields import Command

OPERATING, COMMON = 178, 10
DECISION = ("98/QĐ-UBND", "16/10/2017")
IN_FORCE = "01/11/2017"
LOADED = "2017-11-02"
UNITS = ("Văn phòng", "Tư pháp – Hộ tịch", "Địa chính – Xây dựng", "Văn hóa – Xã hội")
FIELDS = (
    "chứng thực", "hộ tịch", "đất đai", "xây dựng", "bảo trợ xã hội", "người có công",
    "thi đua, khen thưởng", "tôn giáo", "nông nghiệp", "giáo dục",
)  # fmt: skip
ACTS = ("Cấp mới", "Cấp lại", "Điều chỉnh", "Xác nhận", "Đăng ký")
COMMON_TITLES = (
    "Kiểm soát tài liệu", "Kiểm soát hồ sơ", "Đánh giá nội bộ", "Xem xét của lãnh đạo",
    "Kiểm soát sự không phù hợp", "Hành động khắc phục", "Hành động phòng ngừa",
    "Quản lý nguồn lực", "Đo lường sự hài lòng", "Tiếp nhận phản ánh, kiến nghị",
)  # fmt: skip
HEAD = (
    "Mã hiệu", "Tên tài liệu", "Loại tài liệu", "Lần ban hành", "Ngày ban hành",
    "Ngày hiệu lực", "Số quyết định", "Ngày quyết định", "Đơn vị", "Tệp",
)  # fmt: skip


@dataclass
class Loaded:
    company: object
    #: What the dry run said it would do: created, errors.
    tried: tuple
    created: int
    documents: object


def titles():
    """Yield code, title, kind and unit of each document."""
    for number in range(1, OPERATING + 1):
        place = number - 1
        act, field = ACTS[place % len(ACTS)], FIELDS[place // len(ACTS) % len(FIELDS)]
        title = f"{act} giấy tờ lĩnh vực {field} ({number})"
        yield f"QT-{number:03d}", title, "Quy trình tác nghiệp", UNITS[1 + place % 3]
    for number, title in enumerate(COMMON_TITLES, 1):
        yield f"QTC-{number:02d}", f"Quy trình {title.lower()}", "Quy trình chung", UNITS[0]


def package():
    """Return the set as ZIP: the index and a file for each document."""
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, (code, title, kind, unit) in enumerate(titles()):
            extension, make = FILES[place % len(FILES)]
            name = f"{code}.{extension}"
            archive.writestr(f"Bộ tài liệu/{name}", make(title))
            number, day = DECISION
            book.active.append((code, title, kind, 1, day, IN_FORCE, number, day, unit, name))
        index = io.BytesIO()
        book.save(index)
        archive.writestr("Bộ tài liệu/Danh mục.xlsx", index.getvalue())
    return stream.getvalue()


def _word(title):
    document = docx.Document()
    document.add_heading(title, 1)
    document.add_paragraph("1. Mục đích: thống nhất cách làm và trách nhiệm của công chức xã.")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _sheet(title):
    book = openpyxl.Workbook()
    book.active.append([title])
    book.active.append(["Bước", "Trách nhiệm", "Thời gian"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _pdf(title):
    stream = io.BytesIO()
    page = canvas.Canvas(stream, invariant=True)
    page.drawString(72, 760, title.encode("ascii", "ignore").decode())
    page.save()
    return stream.getvalue()


FILES = (("pdf", _pdf), ("docx", _word), ("xlsx", _sheet))


def load(env, officer):
    """Try the import, then load the set; return what became of it.

    :param officer: the ISO officer of the company of ``env``
    """
    units = env["hr.department"]
    units.create([{"name": name, "company_id": env.company.id} for name in UNITS])
    own = env(user=officer.id)
    with freeze_time(f"{LOADED} 02:00:00"):
        return run(own, package())


def run(env, content):
    """Import a package as the user of ``env``: first without keeping anything."""
    file = env["ir.attachment"].create({"name": "Bo tai lieu.zip", "raw": content})
    wizard = env["qms.document.import"].create(
        {"attachment_ids": [Command.set(file.ids)], "take_over": "effective"}
    )
    wizard.action_check()
    tried = (wizard.created_count, wizard.error_count)
    wizard.action_import()
    return Loaded(env.company, tried, wizard.created_count, wizard.line_ids.page_id)


def is_loaded(env):
    """Tell whether the documents of the agency of ``env`` are there."""
    own = [("company_id", "=", env.company.id), ("qms_code", "=", "QT-001")]
    return bool(env["document.page"].search_count(own, limit=1))
