"""Played in the shell of release 19.0.1.0.0: an agency at work for two weeks.

The release's own verbs make the data, as people did.
"""

# ruff: noqa: F821 (``env`` comes from the shell)

import base64
import datetime

from freezegun import freeze_time

from odoo.fields import Command

ZONE = "Asia/Ho_Chi_Minh"
GROUP = "qms_public_admin.group_qms_"


def office_hours(company):
    slots = [(7.0, 11.5, "morning"), (13.5, 17.0, "afternoon")]
    return env["resource.calendar"].create(
        {
            "name": "Office hours",
            "company_id": company.id,
            "tz": ZONE,
            "attendance_ids": [
                Command.create(
                    {
                        "name": f"{day} {period}",
                        "dayofweek": str(day),
                        "hour_from": start,
                        "hour_to": end,
                        "day_period": period,
                    }
                )
                for day in range(5)
                for start, end, period in slots
            ],
        }
    )


def person(login, group):
    return env["res.users"].create(
        {
            "name": f"Người dùng {login}",
            "login": f"upgrade_{login}",
            "lang": "vi_VN",
            "tz": ZONE,
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
            "group_ids": [Command.set([env.ref(f"{GROUP}{group}").id])],
        }
    )


def position(name, user):
    return env["qms.position"].create(
        {"name": name, "company_id": company.id, "holder_ids": [Command.set(user.ids)]}
    )


def as_user(user, model):
    return env[model].with_user(user).with_context(allowed_company_ids=company.ids)


def receive(count, **vals):
    """Dossiers as the clerk enters them."""
    vals_list = [
        {
            "procedure_id": procedure.id,
            "company_id": company.id,
            "holder_name": f"Nguyễn Thị Nâng Cấp {number}",
            "holder_identity": "001099012345",
            "holder_phone": "0912345678",
            **vals,
        }
        for number in range(count)
    ]
    return as_user(clerk, "qms.dossier").create(vals_list)


# --- the agency, its people and its settings
company = env["res.company"].create({"name": "Sở Nâng cấp"})
company.write(
    {
        "qms_calendar_id": office_hours(company).id,
        "qms_due_soon_hours": 12.0,
        "qms_supplement_clock_mode": "shift",
        "qms_extension_max": 2,
        "qms_code_width": 5,
        "qms_transfer_cutoff": 14.5,
    }
)
agency = env["qms.agency"].create({"name": "Sở Nâng cấp", "code": "H77", "company_id": company.id})
clerk, specialist = person("clerk", "clerk"), person("specialist", "staff")
head, officer = person("head", "head"), person("officer", "officer")
at_counter = position("Một cửa", clerk)
at_desk = position("Chuyên viên", specialist)
at_head = position("Trưởng phòng", head)
env["qms.calendar.exception"].create(
    {"date": "2026-10-08", "kind": "holiday", "name": "Nghỉ bù", "company_id": company.id}
)

# --- a procedure in force
procedure = env["qms.procedure"].create(
    {"code": "9.777777", "name": "Thủ tục nâng cấp", "company_id": company.id}
)
plan = [
    ("Tiếp nhận", "receive", at_counter, 1.0),
    ("Thẩm định", "process", at_desk, 12.0),
    ("Ký duyệt", "approve", at_head, 3.0),
    ("Trả kết quả", "return", at_counter, 0.0),
]
version = env["qms.procedure.version"].create(
    {
        "procedure_id": procedure.id,
        "decision_no": "7/QĐ-UBND",
        "effective_from": "2020-01-01",
        "legal_hours": 24,
        "committed_hours": 16,
        "component_ids": [
            Command.create({"name": "Đơn đề nghị", "original_qty": 1, "is_required": True})
        ],
        "step_ids": [
            Command.create(
                {
                    "sequence": number,
                    "name": name,
                    "kind": kind,
                    "position_id": at.id,
                    "hours": hours,
                    "time_state": "timed" if hours else "not_counted",
                }
            )
            for number, (name, kind, at, hours) in enumerate(plan, 1)
        ],
    }
)

# --- two weeks
with freeze_time("2026-10-05 01:30:00") as frozen:
    version.action_publish()
    waiting, refused = receive(2), receive(1)
    refused.action_refuse("Không thuộc thẩm quyền")
    far = receive(1, is_non_territorial=True)
    handled = receive(9)
    (handled | far).action_accept()
    handed_over = handled[1:]
    frozen.move_to("2026-10-05 03:00:00")
    handed_over.action_complete_step("Đã chuyển")
    supplement, resumed, payment, extended, stopped, withdrawn, finished, returned = handed_over

    frozen.move_to("2026-10-06 02:00:00")
    (supplement | resumed).with_user(specialist).action_request_supplement(
        "Thiếu giấy tờ", items="Bản sao"
    )
    payment.with_user(specialist).action_request_payment("Nộp lệ phí")
    extended.with_user(head).action_extend(
        new_due_at=extended.due_at + datetime.timedelta(days=3),
        reason="Cần xác minh",
        apology="Thành thật xin lỗi",
        channel="letter",
    )
    stopped.with_user(head).action_stop("Không đủ điều kiện")
    withdrawn.action_withdraw("Theo đề nghị")
    (finished | returned).with_user(specialist).action_complete_step()

    frozen.move_to("2026-10-07 02:00:00")
    resumed.action_resume()
    (finished | returned).with_user(head).action_complete_step()
    returned.action_return_result()
    extended.with_user(specialist).action_complete_step()
    extended.with_user(head).action_send_back(extended.step_ids[1].id, "Thiếu ý kiến phối hợp")

    # --- history from the one-stop system
    rows = [
        "Mã hồ sơ,Mã TTHC,Chủ hồ sơ,Hình thức nộp,Ngày tiếp nhận,Ngày hẹn trả,"
        "Ngày hoàn thành,Ngày trả kết quả,Trạng thái",
        "H77-260901-0001,9.777777,Trần Văn Cũ,Trực tuyến,01/09/2026 08:00,04/09/2026 16:00,"
        "03/09/2026 15:00,,Đã xử lý xong",
        "H77-260901-0002,9.777777,Trần Văn Trễ,Trực tiếp,01/09/2026 09:00,04/09/2026 16:00,"
        "09/09/2026 15:00,10/09/2026 09:00,Đã trả kết quả",
        "H77-261002-0003,9.777777,Trần Văn Mở,Trực tuyến,02/10/2026 08:00,30/10/2026 16:00,"
        ",,Đang xử lý",
    ]
    imported = as_user(officer, "qms.dossier.import").create(
        {
            "file": base64.b64encode("\n".join(rows).encode()),
            "file_name": "mot-cua.csv",
            "company_id": company.id,
        }
    )
    imported.action_check()
    imported.action_run()
    imported._work(lambda done, *, remaining=0: float("inf"))
    assert imported.new_count == 3, imported.new_count

    # --- the days are anchored
    frozen.move_to("2026-10-16 18:00:00")
    env["qms.event.anchor"]._cron_anchor_days()

states = env["qms.dossier"].search([]).grouped("state")
wanted = "submitted refused accepted processing supplement payment stopped withdrawn done returned"
assert set(states) == set(wanted.split()), sorted(states)
env.cr.commit()
