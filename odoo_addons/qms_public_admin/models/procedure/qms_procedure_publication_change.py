from odoo import models
from odoo.exceptions import AccessError, UserError

from ..document.qms_change_request import GROUP_OFFICER, NOT_ENDED

# What a line of a decision makes of a procedure, and what is expected of the agency.
EXPECTED_BY_ACTION = {
    "new": "new_version",
    "amended": "new_version",
    "replaced": "new_version",
    "abolished": "abolish",
}


class QmsProcedurePublication(models.Model):
    """The lines of a decision open the change by which the agency follows it."""

    _inherit = "qms.procedure.publication"

    # === ACTIONS === #

    def action_open_change(self):
        """Open the change for the lines of one decision, or add them to it.

        New procedures are added to the catalogue as drafts; amended and replaced ones
        expect a new version, abolished ones their retirement.
        """
        self.check_access("read")
        if not self.env.user.has_group(GROUP_OFFICER):
            raise AccessError(self.env._("ISO officers open changes."))
        lines = self.filtered(lambda line: line.action in EXPECTED_BY_ACTION)
        if not lines or len(set(lines.mapped("decision_no"))) != 1:
            raise UserError(
                self.env._(
                    "Choose lines of one decision that make procedures new, amend, replace or "
                    "abolish them."
                )
            )
        company = lines.company_id[:1] or self.env.company
        change = lines._change_of(company)
        lines._add_to_change(change, lines._procedures_of(company))
        if change.state == "draft":
            change.action_open()
        elif change.state != "waiting":
            change.action_recompute()
        return change._open_form()

    # === BUSINESS METHODS === #

    def _change_of(self, company):
        """Return the change of this decision that is not ended, or a new draft."""
        requests = self.env["qms.change.request"]
        first = self[:1]
        known = requests.search(
            [
                ("cause", "=", "publication"),
                ("decision_no", "=", first.decision_no),
                ("company_id", "=", company.id),
                ("state", "in", NOT_ENDED),
            ],
            limit=1,
        )
        return known or requests.create(
            {
                "name": self.env._("Apply %(number)s", number=first.decision_no or "?"),
                "cause": "publication",
                "company_id": company.id,
                "decision_no": first.decision_no,
                "decision_date": first.decision_date,
                "effective_date": first.decision_date,
                "reason": first.title,
            }
        )

    def _procedures_of(self, company):
        """Return ``{code: procedure}`` of the agency; new ones are added as drafts."""
        procedures = self.env["qms.procedure"]
        codes = [code for code in set(self.mapped("code")) if code]
        owned = [("company_id", "=", company.id), ("code", "in", codes)]
        found = procedures.search(owned).grouped("code")
        missing = self.filtered(
            lambda line: line.action == "new" and line.code and line.code not in found
        )
        made = procedures.create(
            [
                {
                    "code": code,
                    "name": lines[:1].name,
                    "company_id": company.id,
                    "publication_decision": lines[:1].decision_no,
                }
                for code, lines in missing.grouped("code").items()
            ]
        )
        return {**found, **made.grouped("code")}

    def _add_to_change(self, change, procedures):
        """Add a line for each procedure; what is not in the catalogue is noted."""
        known = change.line_ids.procedure_id
        vals_list, unknown = {}, []
        for line in self:
            procedure = line.procedure_id or procedures.get(line.code)
            if not procedure or procedure.company_id != change.company_id:
                procedure = procedures.get(line.code)
            if not procedure:
                unknown.append(line.code or line.name)
            elif procedure not in known:
                vals_list[procedure] = {
                    "request_id": change.id,
                    "procedure_id": procedure.id,
                    "expected": EXPECTED_BY_ACTION[line.action],
                    "why": self._why_of(line),
                    "is_computed": True,
                }
        lines = change.line_ids._lifecycle_create(list(vals_list.values()))
        lines._begin_from_today()
        change._lifecycle_write({"publication_ids": [(4, line.id) for line in self]})
        if unknown:
            change.message_post(
                body=self.env._("Not in the catalogue: %(codes)s", codes="; ".join(unknown))
            )

    def _why_of(self, line):
        labels = dict(self._fields["action"]._description_selection(self.env))
        return f"{line.decision_no}: {labels[line.action]}"
