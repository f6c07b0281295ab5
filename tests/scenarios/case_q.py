"""Reference case Q: the scope of a department of industry and trade in 2021.

Report 2237/BC-SCT of 5 November 2021 says: 6 of 7 units take part; 130 procedures at the
time of the decision, "a number that will change"; 130 with an approved internal process,
among them those of decisions 1443/QĐ-UBND (16/9/2021: chemicals, shorter than the law)
and 1502/QĐ-UBND (24/9/2021: replaced procedures). It names neither the procedures nor
the day of the decision, so both are ours: codes no national list gives out, and the end
of September. What came and went afterwards is ours too.
"""

from dataclasses import dataclass

from odoo.fields import Command

# Unit: (procedures, field, decision of their internal process, legal and promised hours).
EARLIER = ("1179/QĐ-UBND", "2018-12-21")
CHEMICALS = ("1443/QĐ-UBND", "2021-09-16")
REPLACED = ("1502/QĐ-UBND", "2021-09-24")
UNITS = {
    "Văn phòng Sở": ((6, "Thi đua – Khen thưởng ngành", EARLIER, 40, 40),),
    "Thanh tra Sở": (),
    "Phòng Kế hoạch – Tài chính – Tổng hợp": ((9, "Cụm công nghiệp", EARLIER, 80, 80),),
    "Phòng Quản lý công nghiệp": ((21, "Công nghiệp tiêu dùng", EARLIER, 80, 64),),
    "Phòng Quản lý năng lượng": ((17, "Điện", EARLIER, 56, 56),),
    "Phòng Kỹ thuật an toàn – Môi trường": (
        (18, "Hóa chất", CHEMICALS, 96, 72),
        (14, "Vật liệu nổ công nghiệp", EARLIER, 40, 40),
    ),
    "Phòng Quản lý thương mại": (
        (33, "Lưu thông hàng hóa trong nước", EARLIER, 120, 120),
        (12, "Xúc tiến thương mại", REPLACED, 40, 40),
    ),
}
DECIDED = "2021-09-30"
PROCEDURES = 130
# A law changes: some are repealed, a few are new.
REPEALED, REPEALED_ON = 5, "2021-12-31"
ADDED, ADDED_ON = 2, "2022-03-01"


@dataclass
class Scope:
    company: object
    officer: object
    procedures: object


def load(env, officer):
    """Publish the procedures of the department and put them under the QMS.

    :param officer: an ISO officer of the company of ``env``
    """
    company = env.company
    position = env["qms.position"].create(
        {
            "name": "Chuyên viên",
            "company_id": company.id,
            "holder_ids": [Command.set(officer.ids)],
        }
    )
    procedures = env["qms.procedure"]
    for unit, groups in UNITS.items():
        department = env["hr.department"].create({"name": unit, "company_id": company.id})
        for group in groups:
            procedures |= _create(env, department, group, position, len(procedures))
    procedures[:REPEALED].write({"qms_to": REPEALED_ON})
    group = (ADDED, "Điện", REPLACED, 40, 40)
    unit = procedures[-1:].department_id
    added = _create(env, unit, group, position, len(procedures), ADDED_ON)
    everything = procedures | added
    everything.with_user(officer).version_ids.action_publish()
    return Scope(company, officer, everything)


def _create(env, department, group, position, offset, since=None):
    """Return the procedures of one field of a unit with their drafts."""
    number, field_name, (decision, decided_on), legal, promised = group
    fields_model = env["qms.procedure.field"]
    field = fields_model.search([("name", "=", field_name)]) or fields_model.create(
        {"name": field_name}
    )
    since = since or decided_on
    procedures = env["qms.procedure"].create(
        [
            {
                "code": f"9.{100001 + offset + place}",
                "name": f"Thủ tục số {offset + place + 1}, lĩnh vực {field_name}",
                "company_id": department.company_id.id,
                "department_id": department.id,
                "field_id": field.id,
                "qms_from": since,
            }
            for place in range(number)
        ]
    )
    steps = [
        ("Tiếp nhận hồ sơ", "receive", 4.0),
        ("Thẩm định, trình ký", "process", promised - 8.0),
        ("Phát hành kết quả", "issue", 4.0),
    ]
    env["qms.procedure.version"].create(
        [
            {
                "procedure_id": procedure.id,
                "decision_no": decision,
                "decision_date": decided_on,
                "effective_from": since,
                "legal_hours": legal,
                "committed_hours": promised,
                "step_ids": [
                    Command.create(
                        {
                            "sequence": place,
                            "name": name,
                            "kind": kind,
                            "hours": hours,
                            "position_id": position.id,
                        }
                    )
                    for place, (name, kind, hours) in enumerate(steps, 1)
                ],
            }
            for procedure in procedures
        ]
    )
    return procedures
