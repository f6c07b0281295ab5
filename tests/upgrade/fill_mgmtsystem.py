"""Played in the shell of a database that has OCA's modules and not yet our addons.

An agency that kept actions, nonconformities, audits and reviews with them, some of no agency.
"""

# ruff: noqa: F821 (``env`` comes from the shell)

from odoo.fields import Command

user = env.user
stage = {
    name: env.ref(f"mgmtsystem_action.stage_{name}").id for name in ("open", "close", "cancel")
}
made = env["mgmtsystem.action"].create(
    [
        {
            "name": name,
            "type_action": "correction",
            "stage_id": stage.get(name),
            "company_id": False,
        }
        for name in ("draft", "open", "close", "cancel")
    ]
)
# The base counts days from the later to the earlier moment.
env.flush_all()
env.cr.execute(
    """UPDATE mgmtsystem_action SET create_date = '2025-03-03 02:00:00',
            number_of_days_to_close = -4
        WHERE id = ANY(%s)""",
    [made.ids],
)
env.invalidate_all()
found = env["mgmtsystem.nonconformity"].create(
    [
        {
            "name": f"Điểm {number}",
            "description": "Hồ sơ trả chậm",
            "partner_id": env.company.partner_id.id,
            "responsible_user_id": user.id,
            "manager_user_id": user.id,
            "origin_ids": [Command.set(env.ref("mgmtsystem_nonconformity.nc_origin_process").ids)],
            "cause_ids": [Command.set(env.ref("mgmtsystem_nonconformity.bad_communication").ids)],
        }
        for number in range(2)
    ]
)
found[1].evaluation_comments = "Có hiệu lực"
found[1].stage_id = env.ref("mgmtsystem_nonconformity.stage_done")
audits = env["mgmtsystem.audit"].create(
    [
        {"name": False},
        {
            "name": "Đánh giá 2025",
            "auditor_user_ids": [Command.set(user.ids)],
            "line_ids": [Command.create({"name": "Có giấy hẹn không?", "is_conformed": True})],
        },
    ]
)
audits[1].button_close()
review = env["mgmtsystem.review"].create(
    {
        "name": "Xem xét 2025",
        "date": "2025-12-20 02:00:00",
        "user_ids": [Command.set(user.ids)],
    }
)
review.button_close()
env.cr.commit()
