from odoo import api, models
from odoo.fields import Domain

from ...tools import review_content as content
from .mgmtsystem_review_compile import opens_one

#: Rows of the table; the figures above it count all of them.
ROWS = 12


class MgmtsystemReview(models.Model):
    """How those performed who serve from outside (9.3.2 c7 of 2015; ISO 9001, 8.4).

    The post is the provider of every one-stop counter: dossiers that came through it are
    counted. Of the others stand what was reviewed and where they fell short; confidential
    nonconformities are counted, not named.
    """

    _inherit = "mgmtsystem.review"

    @api.model
    def _compiler_labels(self):
        return {**super()._compiler_labels(), "providers": self.env._("External providers")}

    def _compile_providers(self):
        """Nonconformities of providers, dossiers by post, and each provider with its review."""
        rows = "mgmtsystem.nonconformity"
        of_one = Domain("qms_provider_id", "!=", False) & Domain("state", "!=", "cancel")
        found = self._period_domain("qms_found_on", is_moment=False)
        before = self._period_domain("qms_found_on", self._scope_before(), is_moment=False)
        by_post = Domain("intake_channel", "=", "post")
        accepted = self._period_domain("accepted_at")
        accepted_before = self._period_domain("accepted_at", self._scope_before())
        figures = [
            self._counted(
                self.env._("Nonconformities of external providers"),
                rows,
                of_one & found,
                of_one & before,
            ),
            self._counted(
                self.env._("Dossiers received through the post"),
                "qms.dossier",
                by_post & accepted,
                by_post & accepted_before,
            ),
        ]
        table = self._provider_table(of_one & found)
        title = self.env._("External providers")
        has_figures = any(row["opens"] or row["previous"] not in ("", "0") for row in figures)
        if not has_figures and not table["rows"]:
            return content.section(title)
        return content.section(title, figures, table=table)

    def _provider_table(self, domain):
        """Return each provider, what its last review said, and how often it fell short."""
        company = Domain("company_id", "=", self.company_id.id)
        providers = self.env["qms.interested.party"].search(
            company & Domain("kind", "=", "provider"), limit=ROWS
        )
        groups = self.env["mgmtsystem.nonconformity"]._read_group(
            company & domain, ["qms_provider_id"], ["__count"]
        )
        counts = {provider.id: count for provider, count in groups}
        head = [
            self.env._("External providers"),
            self.env._("Last looked at"),
            self.env._("What the review said"),
            self.env._("Nonconformities found"),
        ]
        rows = [
            content.row(
                provider.display_name,
                self._day(provider.reviewed_on),
                self._last_words(provider),
                self._number(counts.get(provider.id, 0)),
                opens=opens_one(provider),
            )
            for provider in providers
        ]
        return {"head": head, "rows": rows}

    def _last_words(self, provider):
        last = provider.review_ids[:1]
        if not last:
            return "–"
        outcomes = dict(last._fields["outcome"]._description_selection(self.env))
        return last.words or outcomes[last.outcome]
