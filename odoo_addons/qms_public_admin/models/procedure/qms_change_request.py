from odoo import fields, models


class QmsChangeRequest(models.Model):
    """What a change touches: law → procedures → versions in force → ISO documents → forms.

    A decision that publishes procedures opens a change as well: its lines say what is to
    become of each procedure.
    """

    _inherit = "qms.change.request"

    decision_no = fields.Char(string="Decision", tracking=True, copy=False)
    decision_date = fields.Date(copy=False)
    publication_ids = fields.Many2many(
        "qms.procedure.publication",
        "qms_change_request_publication_rel",
        "request_id",
        "publication_id",
        string="Lines of the decision",
        readonly=True,
        copy=False,
    )

    # === BUSINESS METHODS === #

    def _impact_items(self):
        """Put procedures before documents, and the ISO documents of procedures after them."""
        laws = self._affected_laws()
        procedures = self._procedures_resting(laws)
        items = {
            ("procedure_id", procedure.id): {
                "why": self._why(procedure.legal_document_ids, laws),
                "expected": "new_version",
            }
            for procedure in procedures
        }
        items.update(super()._impact_items())
        touched = procedures | self.sudo().line_ids.procedure_id
        for procedure in touched:
            page = procedure.iso_document_id
            if page.qms_status == "withdrawn" or page.company_id != self.company_id:
                continue
            why = self.env._("ISO document of %(procedure)s", procedure=procedure.display_name)
            items.setdefault(("page_id", page.id), {"why": why, "expected": "revise"})
        return items

    def _procedures_resting(self, laws):
        """Return the procedures of the agency that rest on these texts."""
        return (
            self.env["qms.procedure"]
            .sudo()
            .search(
                [
                    ("legal_document_ids", "in", [law.id for law in laws]),
                    ("company_id", "=", self.company_id.id),
                    ("state", "!=", "retired"),
                ]
            )
        )
