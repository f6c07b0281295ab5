from odoo import models


class QmsFormTemplate(models.Model):
    """A form on which a declaration was made stays as it is, like one of a paper."""

    _inherit = "qms.form.template"

    def _with_papers(self):
        declarations = self.env["qms.declaration"].sudo()
        used = declarations._read_group([("form_id", "in", self.ids)], ["form_id"])
        return super()._with_papers() | self.browse(form.id for (form,) in used)

    def _compute_paper_count(self):
        result = super()._compute_paper_count()
        for form in self._origin._with_papers():
            form.is_frozen = True
        return result
