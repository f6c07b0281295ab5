"""Reference case T: an ethnic committee moves from the 2008 to the 2015 edition in 2018.

The article of 29 August 2018 says: a system of 2013 on ISO 9001:2008, declared by decision
537/QĐ-BDT of 30/12/2016 with a manual, objectives, a policy and 14 operating procedures;
letter 684/UBND-KSTTHC of 7/3/2018 sets the roadmap; work from the end of the third quarter,
completion and declaration by the end of the fourth. It names neither the procedures nor
the days: codes no national list gives out, and days at the ends of the quarters, are ours;
so are the head's name, what is posted where, and number and day of the new declaration.
"""

from dataclasses import dataclass

from freezegun import freeze_time

from odoo.fields import Command

ROADMAP = ("684/UBND-KSTTHC", "2018-03-07")
DECLARATION = ("537/QĐ-BDT", "2016-12-30")
REDECLARATION = "618/QĐ-BDT"
# Code, title, kind of what the article names besides the procedures.
DOCUMENTS = (
    ("CSCL-01", "Chính sách chất lượng", "policy"),
    ("MTCL-01", "Mục tiêu chất lượng", "objectives"),
    ("STCL-01", "Sổ tay chất lượng", "manual"),
)
HEAD = {"head_name": "Nguyễn Văn Mẫu", "head_title": "Trưởng ban"}
WEBSITE = "https://bandantoc.example.com/iso"
PROCEDURES = 14
BUILT_ON = "2013-06-03"
PLANNED, STARTED, DECLARED = "2018-03-15", "2018-09-24", "2018-12-28"
# (day, share of the lines settled by then); the last ones just before the declaration.
PACE = (("2018-10-12", 0.25), ("2018-11-02", 0.6), ("2018-11-23", 0.9), ("2018-12-14", 1.0))
MILESTONES = ("2018-10-05", "2018-11-23", "2018-12-07", "2018-12-20", DECLARED)
# What the procedures of the agency stand for in the edition of 2008.
CLAUSES_2008 = ("7.1", "7.2.2", "7.5.1")


@dataclass
class Transition:
    company: object
    project: object
    procedures: object
    #: {day: per cent of the lines settled}
    progress: dict
    #: 537/QĐ-BDT on the edition of 2008, and the one that replaced it
    declarations: object


def clause(env, year, number):
    return env.ref(f"qms_public_admin.qms_clause_{year}_{number.replace('.', '_')}")


def load(env, officer, specialist, leader):
    """Play the transition in the times it was played in.

    :param officer: the ISO officer of the company of ``env``
    :param specialist: a colleague who owns the lines of the work itself
    :param leader: who approves the new declaration
    """
    company = env.company
    company.qms_standard_id = env.ref("qms_public_admin.qms_standard_iso9001_2008")
    own = env(user=officer.id)
    with freeze_time(f"{BUILT_ON} 03:00:00"):
        procedures = _publish(own, officer)
        documents = _take_over(own)
    with freeze_time(f"{DECLARATION[1]} 08:00:00"):
        declared = _declare_on_paper(own)
        _post(own, documents, procedures, declared)
    with freeze_time(f"{PLANNED} 03:00:00"):
        _register(own)
        project = _plan(own)
    with freeze_time(f"{STARTED} 03:00:00"):
        _start(project, officer, specialist)
    progress = _work(project, specialist)
    for day, milestone in zip(MILESTONES, project.milestone_ids, strict=True):
        with freeze_time(f"{day} 03:00:00"):
            milestone.action_reached()
    with freeze_time(f"{DECLARED} 03:00:00"):
        project.action_finish()
        declared |= _declare_anew(declared, leader)
    return Transition(company, project, procedures, progress, declared)


def _publish(env, officer):
    """Put 14 procedures into force that stand for clauses of 2008."""
    position = env["qms.position"].create(
        {"name": "Chuyên viên", "holder_ids": [Command.set(officer.ids)]}
    )
    clauses = env["qms.standard.clause"].union(
        *(clause(env, 2008, number) for number in CLAUSES_2008)
    )
    procedures = env["qms.procedure"].create(
        [
            {
                "code": f"9.{200001 + place}",
                "name": f"Quy trình tác nghiệp số {place + 1}",
                "qms_from": BUILT_ON,
                "qms_clause_ids": [Command.set(clauses.ids)],
            }
            for place in range(PROCEDURES)
        ]
    )
    env["qms.procedure.version"].create(
        [
            {
                "procedure_id": procedure.id,
                "decision_no": "1/QĐ-BDT",
                "effective_from": BUILT_ON,
                "legal_hours": 40,
                "committed_hours": 40,
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
                    for place, (name, kind, hours) in enumerate(
                        (("Thẩm định, trình ký", "process", 36), ("Phát hành", "issue", 4)), 1
                    )
                ],
            }
            for procedure in procedures
        ]
    )
    procedures.version_ids.action_publish()
    return procedures


def _take_over(env):
    """Enter policy, objectives and manual as they were approved on paper."""
    pages = env["document.page"]
    for code, title, kind in DOCUMENTS:
        page = pages.create(
            {
                "name": title,
                "qms_code": code,
                "qms_kind_id": env.ref(f"qms_public_admin.qms_document_kind_{kind}").id,
                "content": f"<p>{title} của cơ quan.</p>",
            }
        )
        page.qms_open_revision_id._take_over(
            {"issue_no": 1, "revision_no": 0, "issued_on": BUILT_ON, "effective_from": BUILT_ON},
            "Phê duyệt trên giấy",
        )
        pages |= page
    return pages


def _declare_on_paper(env):
    """Take over the declaration of 2016 with what was in force then."""
    number, day = DECLARATION
    declaration = env["qms.declaration"].create(
        {**HEAD, "is_imported": True, "decision_no": number, "decision_date": day}
    )
    declaration.action_fill_scope()
    declaration.action_take_over()
    declaration.write({"notified_on": day, "notified_ref": "01/BDT-VP"})
    return declaration


def _declare_anew(old, leader):
    """Declare conformity with the new edition: audited, reviewed, confirmed, approved."""
    new = old.browse(old.action_new_declaration()["res_id"])
    approved, audited, reviewed, confirmed = MILESTONES[1], *MILESTONES[2:4], MILESTONES[3]
    new.write(
        {
            "documents_approved_on": approved,
            "audited_on": audited,
            "audit_ref": "Báo cáo đánh giá nội bộ năm 2018",
            "reviewed_on": reviewed,
            "review_ref": "Biên bản họp xem xét năm 2018",
            "confirmed_on": confirmed,
        }
    )
    new.action_submit()
    new.with_user(leader).action_approve("Đồng ý công bố")
    new.write({"decision_no": REDECLARATION, "decision_date": DECLARED})
    new.action_declare()
    new.write({"notified_on": DECLARED, "notified_ref": "45/BDT-VP"})
    up = old.env["qms.posting"].search([("declaration_id", "=", old.id)])
    up.action_remove()
    _post(old.env, new)
    return new


def _post(env, *subjects):
    """Post at the office and on the website."""
    links = {
        "document.page": "page_ids",
        "qms.procedure": "procedure_ids",
        "qms.declaration": "declaration_ids",
    }
    for place in (
        {"place_kind": "office", "place": "Bảng niêm yết tại trụ sở"},
        {"place_kind": "website", "place": "Trang thông tin điện tử"},
    ):
        entry = env["qms.posting.entry"].create(
            {
                "link": WEBSITE,
                **place,
                **{links[found._name]: [Command.set(found.ids)] for found in subjects},
            }
        )
        entry.action_post()


def _register(env):
    """Enter the papers the account names into the register of the agency."""
    env["qms.legal.document"].create(
        [
            {
                "number": number,
                "name": name,
                "issuer": issuer,
                "issued_on": day,
                "effective_date": day,
                "qms_clause_ids": [Command.set(clause(env, 2008, for_clause).ids)],
            }
            for (number, day), name, issuer, for_clause in (
                (ROADMAP, "Lộ trình chuyển đổi TCVN ISO 9001:2015", "UBND tỉnh", "5.4.2"),
                (DECLARATION, "Công bố HTQLCL phù hợp TCVN ISO 9001:2008", "Ban Dân tộc", "4.2.1"),
            )
        ]
    )


def _plan(env):
    return env["qms.standard.transition"].create(
        {
            "name": "Chuyển đổi sang TCVN ISO 9001:2015",
            "from_standard_id": env.ref("qms_public_admin.qms_standard_iso9001_2008").id,
            "to_standard_id": env.ref("qms_public_admin.qms_standard_iso9001_2015").id,
            "basis": f"{ROADMAP[0]} ngày 07/03/2018",
            "date_start": STARTED,
            "date_end": DECLARED,
        }
    )


def _start(project, officer, specialist):
    """Make the gap list, share it out and carry over what did not change."""
    project.action_start()
    seldom = project.line_ids.filtered("clause_id.is_seldom")
    seldom.action_not_needed("Cơ quan không thiết kế, phát triển dịch vụ mới.")
    operation = project.line_ids.filtered(lambda line: line.chapter == "8")
    operation.owner_id = specialist
    (project.line_ids - operation).owner_id = officer
    project.action_carry_over()
    project.action_schedule()


def _work(project, specialist):
    """Settle the lines at the pace of the autumn; each by its owner."""
    progress = {}
    lines = project.line_ids.filtered(lambda line: line.state == "todo")
    for day, share in PACE:
        with freeze_time(f"{day} 03:00:00"):
            for line in lines[: round(len(lines) * share)]:
                if line.state == "todo":
                    line.with_user(line.owner_id).action_settle()
            project.invalidate_recordset(["progress"])
            progress[day] = project.progress
    return progress
