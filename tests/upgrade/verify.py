"""Played in the shell after an upgrade: the logs hold, and work goes on.

What is written here is not kept.
"""

# ruff: noqa: F821 (``env`` comes from the shell)

dossiers = env["qms.dossier"].search([])
broken = {name: gap for name, gap in dossiers._verify_chain().items() if gap}
assert dossiers and not broken, broken
anchors = env["qms.event.anchor"].search([])
assert anchors
moved = anchors.filtered(lambda anchor: anchor._recomputed_hash() != anchor.hash)
assert not moved, moved.mapped("date")

declared = [
    (model._name, item.full_name(model))
    for model in env.values()
    if model._auto and not model._abstract and model._name.startswith(("qms.", "document.page"))
    for item in model._table_objects.values()
]
env.cr.execute("SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes")
existing = {name for (name,) in env.cr.fetchall()}
missing = [(model, name) for model, name in declared if name not in existing]
assert len(declared) > 20 and not missing, missing

# --- a dossier begun before goes on to its end
company = env["res.company"].search([("name", "=", "Sở Nâng cấp")])


def as_login(records, name):
    user = env["res.users"].search([("login", "=", name)])
    return records.with_user(user).with_context(allowed_company_ids=company.ids)


dossier = env["qms.dossier"].search([("state", "=", "supplement")])
as_login(dossier, "upgrade_clerk").action_resume()
as_login(dossier, "upgrade_specialist").action_complete_step()
as_login(dossier, "upgrade_head").action_complete_step()
assert dossier.state == "done" and dossier.outcome, dossier.state
as_login(dossier, "upgrade_clerk").action_return_result()
assert not dossier._verify_chain()[dossier.id]

# --- a page of the wiki is written as before, and taken under control
page = env["document.page"].search([("name", "=", "Nội quy cơ quan")])
if page:
    page.write({"content": "<p>Điều 3. Bảo mật.</p>"})
    assert len(page.history_ids) == 3 and not page.history_ids.filtered("qms_state")
    kind = env["qms.document.kind"].search([], limit=1)
    page.company_id = company
    under = page.with_user(env.ref("base.user_admin"))
    under.env.user.group_ids = [(4, env.ref("qms_public_admin.group_qms_officer").id)]
    under.env.user.company_ids = [(4, company.id)]
    under.with_context(allowed_company_ids=company.ids).action_take_under_control(kind.id)
    assert page.qms_code and page.qms_revision_ids.qms_state == "draft"
