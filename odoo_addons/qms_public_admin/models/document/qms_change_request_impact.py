from odoo import models

# What a text does to another so that what rests on the other has to follow.
CHANGING_KINDS = ("replaces", "repeals", "repeals_part", "amends")


class QmsChangeRequest(models.Model):
    """What a change touches: law → documents resting on it → the forms they use.

    Procedures, their versions in force and their ISO documents are put in between by the
    domain of procedures. Everything is read in a few queries, however much is affected.
    """

    _inherit = "qms.change.request"

    # === BUSINESS METHODS === #

    def _compute_impact(self):
        """Add a line for each item found that has none yet, and look at them all."""
        lines = self.env["qms.change.request.line"]
        for request in self.sudo():
            known = {line._item_key() for line in request.line_ids}
            found = lines._lifecycle_create(
                [
                    {"request_id": request.id, key[0]: key[1], "is_computed": True, **vals}
                    for key, vals in request._impact().items()
                    if key not in known
                ]
            )
            found._begin_from_today()
            request.invalidate_recordset(["line_ids"])
        self.line_ids._follow_items()
        self._sync_activities()

    def _impact(self):
        """Return ``{(field of the line, id): values}`` of what is affected, in order."""
        items = self._impact_items()
        pages = self.env["document.page"].sudo()
        found = [record_id for name, record_id in items if name == "page_id"]
        pages = pages.browse(found) | self.sudo().line_ids.page_id
        for page in pages:
            for form in page.qms_form_ids.filtered(lambda form: form._qms_is_alive()):
                why = self.env._("Form of %(document)s", document=page.display_name)
                items.setdefault(("page_id", form.id), {"why": why, "expected": "revise"})
        return items

    def _impact_items(self):
        """Return the items besides forms; procedures extend this."""
        laws = self._affected_laws()
        pages = (
            self.env["document.page"]
            .sudo()
            .search(
                [
                    ("qms_legal_ids", "in", [law.id for law in laws]),
                    ("qms_kind_id", "!=", False),
                    ("qms_status", "!=", "withdrawn"),
                    ("company_id", "=", self.company_id.id),
                ],
                order="qms_code",
            )
        )
        return {
            ("page_id", page.id): {
                "why": self._why(page.qms_legal_ids, laws),
                "expected": "revise",
            }
            for page in pages
        }

    def _affected_laws(self):
        """Return ``{legal document: why what rests on it is affected}``."""
        self.ensure_one()
        acting = self.sudo().legal_document_id
        if self.cause != "law" or not acting:
            return {}
        laws = {}
        for link in acting.outgoing_ids:
            if link.kind in CHANGING_KINDS:
                laws[link.to_id] = self._link_words(link)
        laws[acting] = self.env._("rests on %(new)s", new=acting.number)
        return laws

    def _link_words(self, link):
        """Say in words what one text does to another."""
        names = {"old": link.to_id.number, "new": link.from_id.number}
        return {
            "replaces": self.env._("rests on %(old)s, which %(new)s replaces", **names),
            "repeals": self.env._("rests on %(old)s, which %(new)s repeals", **names),
            "repeals_part": self.env._("rests on %(old)s, of which %(new)s repeals parts", **names),
            "amends": self.env._("rests on %(old)s, which %(new)s amends", **names),
        }[link.kind]

    def _why(self, basis, laws):
        words = "; ".join(text for law, text in laws.items() if law in basis)
        return words[:1].upper() + words[1:]
