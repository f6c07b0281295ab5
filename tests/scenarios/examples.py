"""Takes the examples of the bases out of the demonstration, before our addons come in.

The addons we stand on bring nonconformities, audits, tickets and pages of their own, in English
and of no administration. Once our addons are installed they are evidence that nobody deletes;
so they go before, in Odoo's shell on the copied template. No other database is touched.
"""

# Their records with an id of a module are examples; of pages, some are data that views name.
MODELS = (
    "mgmtsystem.nonconformity",
    "mgmtsystem.action",
    "mgmtsystem.audit",
    "helpdesk.ticket",
    "document.page",
)
KEPT_MODULES = ("document_page_procedure", "qms_public_admin", "qms_reports")


def take_away(env):
    """Delete the examples; return how many there were."""
    count = 0
    for name in MODELS:
        found = env["ir.model.data"].search(
            [("model", "=", name), ("module", "not in", KEPT_MODULES)]
        )
        records = env[name].with_context(active_test=False).browse(found.mapped("res_id"))
        records = records.exists()
        count += len(records)
        records.unlink()
    return count
