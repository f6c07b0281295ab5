"""The declaration of the demonstration's department, and what it has posted.

Declared some months ago: what came into force since shows as a difference, and some of what
has to be posted is not.
"""

import datetime

from freezegun import freeze_time

from odoo.fields import Command

from . import quality_system, world

DAYS_AGO = 200
#: Days before the declaration of what led to it.
CHAIN = {
    "documents_approved_on": 60,
    "audited_on": 40,
    "reviewed_on": 20,
    "confirmed_on": 10,
}
#: A procedure of later, days ago: the declaration is late to be renewed.
NEW_SINCE = 20
NEW = ("operating", "Quy trình cấp bản sao từ sổ gốc", "office", ("8.5",))
PLACES = (
    {"place_kind": "counter", "place": "Bảng niêm yết, Bộ phận Một cửa"},
    {"place_kind": "website", "place": "Mục “Hệ thống quản lý chất lượng”"},
)
LINK = "https://sotaichinh.example.com/he-thong-quan-ly-chat-luong"


def load(env):
    """Declare and post; return the declaration, none when it is there."""
    scene = world.enter(env)
    declarations = scene.as_login("thuky")["qms.declaration"]
    if declarations.search_count([("company_id", "=", scene.company.id)], limit=1):
        return declarations
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    with freeze_time(now - datetime.timedelta(days=DAYS_AGO)):
        declaration = _declare(scene, declarations)
        _post(scene, declaration)
    with freeze_time(now - datetime.timedelta(days=NEW_SINCE)):
        quality_system.issue(scene, *NEW)
    with freeze_time(now):
        declaration.invalidate_recordset()
        declaration._remind_all(lambda *args, **kwargs: True)
    return declaration


def _declare(scene, declarations):
    today = datetime.date.today()
    declaration = declarations.create(
        {
            "head_name": "Phạm Thị Mẫu",
            "head_title": "Giám đốc",
            "scope_note": "Công tác văn phòng, quản lý văn bản đi, đến.",
            **{name: today - datetime.timedelta(days=days) for name, days in CHAIN.items()},
            "audit_ref": "Báo cáo đánh giá nội bộ",
            "review_ref": "Biên bản họp xem xét của lãnh đạo",
            "confirm_ref": "Phiếu xác nhận hiệu lực",
        }
    )
    declaration.action_fill_scope()
    declaration.action_submit()
    declaration.with_env(scene.as_login("lanhdao")).action_approve("Đồng ý công bố")
    declaration.write({"decision_no": "156/QĐ-STC", "decision_date": today})
    declaration.action_declare()
    declaration.write({"notified_on": today, "notified_ref": "157/STC-VP"})
    return declaration


def _post(scene, declaration):
    """The declaration, the policy and half of the procedures at the counter and on the web."""
    lines = declaration.line_ids
    policy = lines.page_id.filtered(lambda page: page.qms_kind_id.key == "policy")
    procedures = lines.procedure_id
    for place in PLACES:
        entry = scene.as_login("canbo")["qms.posting.entry"].create(
            {
                "link": LINK,
                **place,
                "page_ids": [Command.set(policy.ids)],
                "procedure_ids": [Command.set(procedures[: len(procedures) // 2].ids)],
                "declaration_ids": [Command.set(declaration.ids)],
            }
        )
        entry.action_post()
