"""Played in the shell of release 19.0.1.2.0: what that release brought.

Documents in force, on their way and read; a change of the law; a transition; a declaration
with what was posted. Made by the verbs of the release, by who does each.
"""

# ruff: noqa: F821 (``env`` comes from the shell)

import base64

from freezegun import freeze_time

from odoo.fields import Command

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
GROUP = "qms_public_admin.group_qms_"
company = env["res.company"].search([("name", "=", "Sở Nâng cấp")])
leader = env["res.users"].create(
    {
        "name": "Lãnh đạo Nâng Cấp",
        "login": "upgrade_leader",
        "company_id": company.id,
        "company_ids": [Command.set(company.ids)],
        "group_ids": [Command.set([env.ref(f"{GROUP}leader").id])],
    }
)


# The releases before wrote to nobody; the database has no Vietnamese to write in.
env["res.users"].search([("login", "=like", "upgrade_%")]).lang = False


def env_of(name):
    user = env["res.users"].search([("login", "=", f"upgrade_{name}")])
    return env(user=user, context={"allowed_company_ids": company.ids})


def issue(kind, title, until="approved"):
    page = officer["document.page"].create(
        {
            "name": title,
            "qms_kind_id": env.ref(f"qms_public_admin.qms_document_kind_{kind}").id,
            "company_id": company.id,
            "content": f"<p>{title}</p>",
            "qms_legal_ids": [Command.set(old.ids)],
            "qms_clause_ids": [Command.set(env.ref("qms_public_admin.qms_clause_2015_8_5").ids)],
        }
    )
    revision = page.qms_open_revision_id
    officer["qms.document.file"].create(
        {"revision_id": revision.id, "name": "van-ban.pdf", "content": base64.b64encode(PDF)}
    )
    revision.effective_from = "2026-10-20"
    if until != "draft":
        revision.action_submit()
        revision.with_env(env_of("head")).action_confirm_review("Đã soát xét")
    if until == "approved":
        revision.with_env(env_of("leader")).action_approve("Đồng ý ban hành")
    return page


def law(number, effective, replaces=None):
    acts = [Command.create({"kind": "replaces", "to_id": replaces.id})] if replaces else []
    return officer["qms.legal.document"].create(
        {
            "number": number,
            "name": f"Quy định {number}",
            "issuer": "UBND tỉnh",
            "issued_on": effective,
            "effective_date": effective,
            "outgoing_ids": acts,
        }
    )


officer = env_of("officer")
with freeze_time("2026-10-20 02:00:00") as frozen:
    # --- documents: in force, waiting for approval, in draft
    old = law("9901/2019/QĐ-UBND", "2019-08-01")
    policy = issue("policy", "Chính sách chất lượng")
    process = issue("operating", "Quy trình nâng cấp")
    waiting = issue("system", "Quy trình đánh giá nội bộ", "approval")
    draft = issue("form", "Phiếu kiểm soát", "draft")

    # --- reading
    campaign = officer["qms.acknowledgement.campaign"].create(
        {
            "revision_id": policy.qms_effective_id.id,
            "is_for_all": True,
            "date_due": "2026-11-03",
        }
    )
    campaign.action_open()
    asked = campaign.acknowledgement_ids.filtered(lambda row: row.user_id == env_of("clerk").user)
    asked.with_env(env_of("clerk")).action_acknowledge()

    # --- a change of the law under way, a transition
    company.qms_change_proposal = "none"
    new = law("9902/2026/QĐ-UBND", "2026-09-15", replaces=old)
    change = officer["qms.change.request"].browse(new.action_open_change()["res_id"])
    assert change.line_ids
    change.line_ids[0].action_justify("Không đụng đến trình tự")
    project = officer["qms.standard.transition"].create(
        {
            "name": "Chuyển đổi sang ISO 9001:2026",
            "from_standard_id": env.ref("qms_public_admin.qms_standard_iso9001_2015").id,
            "to_standard_id": env.ref("qms_public_admin.qms_standard_iso9001_2026").id,
            "date_start": "2026-10-01",
            "date_end": "2027-09-30",
        }
    )
    project.action_start()

    # --- the declaration, and what was posted
    procedure = env["qms.procedure"].search([("code", "=", "9.777777")])
    procedure.write({"qms_from": "2026-10-01", "iso_document_id": process.id})
    declaration = officer["qms.declaration"].create(
        {
            "head_name": "Phạm Thị Cũ",
            "head_title": "Giám đốc",
            "documents_approved_on": "2026-10-05",
            "audited_on": "2026-10-12",
            "reviewed_on": "2026-10-15",
            "confirmed_on": "2026-10-16",
            "audit_ref": "Báo cáo đánh giá nội bộ",
            "review_ref": "Biên bản họp xem xét của lãnh đạo",
        }
    )
    declaration.action_fill_scope()
    declaration.action_submit()
    declaration.with_env(env_of("leader")).action_approve("Đồng ý công bố")
    declaration.write({"decision_no": "156/QĐ-NC", "decision_date": "2026-10-20"})
    declaration.action_declare()
    env_of("clerk")["qms.posting.entry"].create(
        {
            "place_kind": "counter",
            "place": "Bảng niêm yết",
            "link": "https://nangcap.example.com/iso",
            "page_ids": [Command.set(policy.ids)],
            "declaration_ids": [Command.set(declaration.ids)],
        }
    ).action_post()

# --- what the agency kept with OCA's own modules meanwhile, some of it of no agency
kept = env["mgmtsystem.action"].with_context(mail_notrack=True)
stage = {
    name: env.ref(f"mgmtsystem_action.stage_{name}").id for name in ("open", "close", "cancel")
}
actions = kept.create(
    [
        {"name": f"Việc {name}", "type_action": "correction", "stage_id": stage.get(name)}
        | ({} if name == "close" else {"company_id": company.id})
        for name in ("draft", "open", "close", "cancel")
    ]
)
# The base counts days from the later to the earlier moment.
env.flush_all()
env.cr.execute(
    """UPDATE mgmtsystem_action SET create_date = '2025-03-03 02:00:00',
            number_of_days_to_close = -4
        WHERE id = ANY(%s)""",
    [actions.ids],
)
env.invalidate_all()
cause = env.ref("mgmtsystem_nonconformity.bad_communication")
found = env["mgmtsystem.nonconformity"].create(
    [
        {
            "name": f"Điểm {number}",
            "description": "Hồ sơ trả chậm",
            "partner_id": company.partner_id.id,
            "responsible_user_id": leader.id,
            "manager_user_id": leader.id,
            "origin_ids": [Command.set(env.ref("mgmtsystem_nonconformity.nc_origin_process").ids)],
            "cause_ids": [Command.set(cause.ids)],
            "company_id": company.id if number else False,
        }
        for number in range(2)
    ]
)
found[1].evaluation_comments = "Có hiệu lực"
found[1].stage_id = env.ref("mgmtsystem_nonconformity.stage_done")
audits = env["mgmtsystem.audit"].create(
    [{"name": name, "company_id": company.id} for name in (False, "Đánh giá 2025")]
)
audits[1].button_close()
review = env["mgmtsystem.review"].create(
    {"name": "Xem xét 2025", "date": "2025-12-20 02:00:00", "company_id": company.id}
)
review.button_close()

assert declaration.state == "declared" and policy.qms_effective_id and asked.acknowledged_at
env.cr.commit()
