from odoo import api, models

from ...tools import review_content as content
from .mgmtsystem_review_compile import plain_scope

#: Procedures named in the table: those with the most late dossiers.
WORST = 8


class MgmtsystemReview(models.Model):
    """How the processes performed: dossiers, steps, extensions (9.3.2 c3 of 2015)."""

    _inherit = "mgmtsystem.review"

    @api.model
    def _compiler_labels(self):
        return {
            **super()._compiler_labels(),
            "dossiers": self.env._("Dossiers on time, steps, supplements"),
            "extensions": self.env._("Extensions and apologies"),
        }

    def _compile_dossiers(self):
        """Dossiers of the period by outcome, by unit and by month; the procedures most late."""
        figures = self._measured(
            "dossiers_on_time",
            "dossiers_late",
            "dossier_hours",
            "steps_on_time",
            "supplements",
            "second_supplements",
            "refusals_reversed",
            "dossiers_online",
        )
        title = self.env._("Dossiers completed on time")
        by_month = self._chart_by_month("dossiers_on_time", self.env._("On time, month by month"))
        charts = [*self._chart_by_unit("dossiers_on_time", title), *by_month]
        return content.section(
            self.env._("Administrative procedures"), figures, charts, self._late_procedures()
        )

    def _late_procedures(self):
        now = self._scope_now()
        found = self.env["qms.measure"]._figures_by(
            "dossiers_late", self.company_id, now.date_from, now.date_to, "procedure_id"
        )
        late = sorted(
            ((figure, place) for (_company, place), figure in found.items() if figure.part),
            key=lambda pair: (-pair[0].part, pair[1]),
        )[:WORST]
        names = self.env["qms.procedure"].browse([place for _figure, place in late])
        rows = [
            content.row(
                procedure.display_name,
                self._number(figure.whole),
                self._number(figure.part),
                figure.text(self.env.lang),
                opens=self._late_of(procedure),
            )
            for (figure, _place), procedure in zip(late, names, strict=True)
        ]
        head = [
            self.env._("Procedures with late dossiers"),
            self.env._("Completed"),
            self.env._("Late"),
            self.env._("Share"),
        ]
        return {"head": head, "rows": rows}

    def _late_of(self, procedure):
        scope = plain_scope(self._scope_now(procedure_id=procedure.id))
        return {"measure": "dossiers_late", "scope": scope, "part": True}

    def _compile_extensions(self):
        """How often a due date was moved with an apology (INV-06), and how often too late."""
        facts = self.env["qms.dossier.extension"]
        now = self._period_domain("decided_at")
        before = self._period_domain("decided_at", self._scope_before())
        company = [("company_id", "=", self.company_id.id)]
        if not facts.search_count([*company, *(now | before)], limit=1):
            return content.section(self.env._("Extensions"))
        label = self.env._("Extensions with an apology")
        extended = [("extension_ids", "any", list(now))]
        earlier = [("extension_ids", "any", list(before))]
        count = self._counted(label, "qms.dossier", extended, earlier)
        late = facts.search_count([*company, *now, ("is_notice_late", "=", True)])
        note = self.env._("%(count)s of the apologies were decided too late", count=late)
        return content.section(self.env._("Extensions"), [{**count, "note": note if late else ""}])
