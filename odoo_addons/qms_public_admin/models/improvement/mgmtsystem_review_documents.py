from odoo import api, models
from odoo.fields import Domain

from ...tools import review_content as content
from .mgmtsystem_review_compile import opens_one, plain_domain

#: States of a revision that came into force.
IN_FORCE = ("effective", "obsolete", "withdrawn")
#: Clauses named in the table.
GAPS = 15


class MgmtsystemReview(models.Model):
    """The system itself: documents, readings, scope, clauses without evidence."""

    _inherit = "mgmtsystem.review"

    @api.model
    def _compiler_labels(self):
        return {
            **super()._compiler_labels(),
            "documents": self.env._("Documents, readings, scope"),
            "evidence": self.env._("Clauses without evidence"),
        }

    def _compile_documents(self):
        """Revisions that came into force, readings confirmed, procedures covered."""
        figures = self._measured("acknowledgements", "procedures_covered")
        revisions = self.env["document.page.history"]
        own = Domain("page_id.company_id", "=", self.company_id.id)
        own &= Domain("qms_state", "in", IN_FORCE)
        now, before = (
            own & self._period_domain("effective_from", scope, is_moment=False)
            for scope in (self._scope_now(), self._scope_before())
        )
        counts = [revisions.search_count(domain) for domain in (now, before)]
        if any(counts):
            label = self.env._("Revisions that came into force")
            opens = {"model": revisions._name, "domain": plain_domain(now), "name": label}
            figures.insert(
                0,
                content.figure(
                    label,
                    self._number(counts[0]),
                    opens=opens if counts[0] else None,
                    previous=self._number(counts[1]),
                ),
            )
        return content.section(
            self.env._("Documents and scope"), figures, text=self._declaration_words()
        )

    def _declaration_words(self):
        """Say what is declared and whether it still is so (INV-13)."""
        declaration = self.env["qms.declaration"].search(
            [("company_id", "=", self.company_id.id), ("state", "=", "declared")], limit=1
        )
        if not declaration:
            return [self.env._("No declaration of conformity is in force.")]
        states = dict(declaration._fields["redeclare_state"]._description_selection(self.env))
        return [f"{declaration.display_name}: {states[declaration.redeclare_state].lower()}"]

    def _compile_evidence(self):
        """How the clauses of the edition stand, and which have no evidence."""
        found = self.env["qms.evidence"]._collect(self.qms_standard_id, self.company_id)
        leaves = [one for clause, one in found.items() if not clause.child_ids]
        labels = {
            "fresh": self.env._("Clauses with fresh evidence"),
            "ageing": self.env._("Clauses with old evidence"),
            "missing": self.env._("Clauses without evidence"),
        }
        figures = [
            content.figure(
                label,
                self._number(sum(1 for one in leaves if one.status == status)),
                note=self.env._("of %(count)s", count=len(leaves)),
            )
            for status, label in labels.items()
        ]
        missing = [one.clause for one in leaves if one.status == "missing"]
        rows = [
            content.row(
                clause.number,
                clause.name,
                opens=opens_one(clause),
            )
            for clause in missing[:GAPS]
        ]
        head = [self.env._("Clause"), self.env._("Without evidence")]
        return content.section(
            self.env._("Clauses and evidence"), figures, table={"head": head, "rows": rows}
        )
