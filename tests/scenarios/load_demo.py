"""Fills the demonstration: the year of reference case K, the last year, the front desk.

Run in Odoo's shell on a database with demonstration data. Each story is committed as a
whole and left alone when it is there, so that an interrupted run can be run again.
"""

from odoo.tools import html_escape

from . import (
    agencies,
    case_b,
    case_k,
    case_t,
    declaration,
    front_desk,
    improvement,
    quality_system,
    recent,
    world,
)

PROVINCE = "Tỉnh Kiên Giang (minh họa)"
COMMITTEE = ("Ban Dân tộc tỉnh Thái Nguyên (minh họa)", "H55.90")
COMMUNE = ("UBND xã Long Châu (minh họa)", "H05.91")
# Role: login and name of the people of the other agencies.
COMMITTEE_PEOPLE = {
    "officer": ("thuky_bdt", "Nông Thị Thư Ký (Ban Dân tộc)"),
    "staff": ("chuyenvien_bdt", "Hoàng Văn Viên (Ban Dân tộc)"),
    "leader": ("lanhdao_bdt", "Nguyễn Văn Mẫu (Ban Dân tộc)"),
}
COMMUNE_PEOPLE = {
    "officer": ("thuky_longchau", "Vũ Thị Thư Ký (Long Châu)"),
    "staff": ("congchuc_longchau", "Đỗ Văn Chức (Long Châu)"),
}
TITLE = "Ca tham chiếu K: Sở Tài chính tỉnh Kiên Giang, năm 2018"
OPEN_POINTS_VI = (
    "“Đúng hẹn” của nguồn có thể gồm cả trước hạn: trước hạn + đúng hạn = 1.319.",
    "1.319 + 3 = 1.322: không còn hồ sơ nào đang giải quyết vào cuối năm; tỷ lệ tính trên số "
    "hồ sơ tiếp nhận và giải quyết xong trong năm.",
    "99,773 % và 0,227 % được in là 99,8 % và 0,2 %.",
    "“Giảm 2,56 %” nếu hiểu là điểm phần trăm thì tỷ lệ trễ hẹn năm 2017 là 2,79 %; nguồn không "
    "cho biết số hồ sơ năm 2017.",
    "Nguồn không nêu tên 11 thủ tục; mã và tên ở đây lấy từ danh mục hiện hành.",
)


def load(env, say=print):
    """Play what is missing, telling each month of the long story."""
    # Its name heads the public pages that are open to several agencies.
    env.ref("base.main_company").name = PROVINCE
    dossiers = case_k.load(env, lambda local: say(f"  {local:%m/%Y}"))
    env.cr.commit()
    say(f"{len(case_k.rate(env))} ratings")
    env.cr.commit()
    say(f"{len(quality_system.load(env))} documents of the quality management system")
    env.cr.commit()
    if loop := improvement.load(env):
        say(f"{len(loop.dossiers)} dossiers of the last year, with audit, action and effect")
    env.cr.commit()
    recent.load(env)
    env.cr.commit()
    front_desk.load(env)
    env.cr.commit()
    declaration.load(env)
    env.cr.commit()
    improvement.look_back(env)
    env.cr.commit()
    load_others(env, say)
    _write_note(env, dossiers)
    env.cr.commit()
    say(f"{len(dossiers)} dossiers of {case_k.YEAR}")


def load_others(env, say=print):
    """Play reference cases T and B, each in an agency of its own."""
    committee, people = agencies.found(env, *COMMITTEE, COMMITTEE_PEOPLE)
    if not committee["qms.declaration"].search_count([("company_id", "=", committee.company.id)]):
        case_t.load(committee, people["officer"], people["staff"], people["leader"])
        say("2 declarations of reference case T")
    commune, people = agencies.found(env, *COMMUNE, COMMUNE_PEOPLE)
    if not case_b.is_loaded(commune):
        say(f"{case_b.load(commune, people['officer']).created} documents of reference case B")
    for watcher in (env.ref("base.user_admin"), env.ref(f"{world.PREFIX}user_tinh")):
        watcher.company_ids |= committee.company | commune.company
    env.cr.commit()


def _write_note(env, dossiers):
    """Keep beside the figures what the published account leaves open."""
    pages = env["document.page"]
    if pages.search_count([("name", "=", TITLE)], limit=1):
        return
    rows = "".join(
        f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in _figures(dossiers)
    )
    points = "".join(f"<li>{html_escape(point)}</li>" for point in OPEN_POINTS_VI)
    pages.create(
        {
            "name": TITLE,
            "type": "content",
            "company_id": world.enter(env).company.id,
            "content": f"<h2>Số liệu tính từ hồ sơ</h2><table class='table'>{rows}</table>"
            f"<h2>Những điểm nguồn để ngỏ</h2><ul>{points}</ul>"
            "<p>Nguồn: Cổng thông tin điện tử Kiên Giang, 29/3/2019. Người nộp, giờ giấc và tình "
            "huống là hư cấu.</p>",
        }
    )


def _figures(dossiers):
    count = {key: len(found) for key, found in dossiers.grouped("outcome").items()}
    return (
        ("Tiếp nhận trong năm", len(dossiers)),
        ("Trước hạn", count.get("early", 0)),
        ("Đúng hạn", count.get("on_time", 0)),
        ("Quá hạn", count.get("late", 0)),
        ("Phiếu lấy ý kiến", len(case_k.rate(dossiers.env))),
    )
