"""Played in the shell of release 19.0.1.1.0, after the fortnight of the release before it.

What that release brought: tickets, messages, papers, numbers shown; and pages of the wiki,
which the release after it begins to control.
"""

# ruff: noqa: F821 (``env`` comes from the shell)

company = env["res.company"].search([("name", "=", "Sở Nâng cấp")])


def as_login(model, name):
    user = env["res.users"].search([("login", "=", f"upgrade_{name}")])
    return env[model].with_user(user).with_context(allowed_company_ids=company.ids)


clerk, head = as_login("qms.dossier", "clerk"), as_login("qms.dossier", "head")

# --- the counter and the front desk
dossier = clerk.search([("state", "=", "done")], limit=1)
dossier.action_show_personal_data()
paper = dossier.with_env(head.env).action_issue_control_slip()
assert paper
dossier.sudo()._receive_message("lookup", "Xin hỏi khi nào có kết quả?", [])
ticket = as_login("helpdesk.ticket", "clerk").create(
    {
        "qms_kind": "complaint",
        "qms_received_via": "written",
        "name": "Phải bổ sung giấy tờ hai lần",
        "description": "Giấy tờ không có trong danh mục.",
        "company_id": company.id,
        "partner_name": "Lê Văn Cũ",
        "qms_phone": "0900 000 000",
        "qms_address": "Tỉnh Nâng cấp",
    }
)
ticket.action_qms_classify(ticket_class="conduct")

# --- pages of the wiki, one of them with an earlier text
pages = env["document.page"].create(
    [
        {"name": "Nội quy cơ quan", "content": "<p>Điều 1. Giờ làm việc.</p>", "type": "content"},
        {"name": "Sổ tay", "type": "category"},
    ]
)
pages[0].write({"content": "<p>Điều 1. Giờ làm việc. Điều 2. Trang phục.</p>"})

# --- a procedure whose published basis names a decree, and one whose version is a draft
procedure = env["qms.procedure"].search([("code", "=", "9.777777")])
procedure.write({"legal_numbers": "63/2010/NĐ-CP"})
draft = procedure.version_ids[:1].copy({"effective_from": "2027-01-01"})
draft.step_ids[:1].write({"hours": 1.5})

# --- steps of approval of another addon's model
env["tier.definition"].create(
    {
        "name": "Phê duyệt",
        "model_id": env.ref("base.model_res_partner").id,
        "review_type": "individual",
        "reviewer_id": env.ref("base.user_admin").id,
    }
)
env.cr.commit()
