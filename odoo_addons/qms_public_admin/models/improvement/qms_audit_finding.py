from odoo import models

from ..audit.qms_audit_finding import NONCONFORMITY_GRADES

# A nonconformity in these states was looked at by somebody else already, or given up.
SETTLED = ("verified", "done", "cancel")


class QmsAuditFinding(models.Model):
    """Findings that are nonconformities: raised with the report, verified after them."""

    _inherit = "qms.audit.finding"

    # === ACTIONS === #

    def action_answer(self, cause=None, correction=None, correction_date=None, files=()):
        """Answer; cause and correction begin the analysis of the nonconformity."""
        result = super().action_answer(cause, correction, correction_date, files)
        self._begin_analyses()
        return result

    # === PREDICATES === #

    def _way_error(self, target):
        """A finding is verified after its nonconformity."""
        error = super()._way_error(target)
        if error or target != "verified":
            return error
        row = self.sudo().nonconformity_id
        if not row or row.state in SETTLED:
            return ""
        return self.env._(
            "“%(finding)s”: its nonconformity %(reference)s is not verified yet.",
            finding=self.code,
            reference=row.ref,
        )

    # === BUSINESS METHODS === #

    def _on_opened(self):
        result = super()._on_opened()
        self._raise_nonconformities()
        return result

    def _raise_nonconformities(self):
        """Raise one for each minor and major finding, with the records behind it."""
        todo = self.filtered(
            lambda one: one.grade in NONCONFORMITY_GRADES and not one.nonconformity_id
        )
        rows = self.env["mgmtsystem.nonconformity"]._qms_raise(
            [
                {**one._nonconformity_vals(), "evidence": one._nonconformity_evidence()}
                for one in todo
            ]
        )
        for finding, row in zip(todo, rows, strict=True):
            finding._lifecycle_write({"nonconformity_id": row.id})

    def _begin_analyses(self):
        """Carry the answer over to nonconformities whose analysis says nothing yet."""
        for finding in self.sudo():
            row = finding.nonconformity_id
            if row.state not in ("draft", "analysis"):
                continue
            vals = {"analysis": finding.cause, "qms_correction": finding.correction}
            missing = {name: value for name, value in vals.items() if value and not row[name]}
            if missing:
                row.write(missing)
