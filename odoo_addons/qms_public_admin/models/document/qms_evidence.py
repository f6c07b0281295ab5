from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, fields, models

from ...tools import freshness


@dataclass
class ClauseEvidence:
    """What stands for one clause of an agency."""

    clause: object
    #: {model name: {record id: date or None}}
    records: dict = field(default_factory=dict)
    status: str = "missing"
    #: number of the clause above whose evidence is meant, when it has none of its own
    via: str = ""

    @property
    def count(self):
        return sum(len(found) for found in self.records.values())

    @property
    def newest(self):
        return newest_of(*self.records.values())


def newest_of(*groups):
    """Return the newest date of ``{record id: date}`` groups, None when there is none.

    >>> newest_of({1: None}, {}) is None
    True
    """
    return max((day for found in groups for day in found.values() if day), default=None)


class QmsEvidence(models.AbstractModel):
    """The evidence of clauses, whatever models it comes from.

    Counted with the rights of the user: what one may not read does not count. A clause
    with sub-clauses holds the evidence of all of them and is as good as the worst that
    applies; a sub-clause without evidence of its own takes that of the clause above it,
    short of the chapter.
    """

    _name = "qms.evidence"
    _description = "Evidence of the clauses of a standard"

    # === BUSINESS METHODS === #

    @api.model
    def _sources(self):
        """Return the models whose records stand for clauses, in their order."""
        names = self.env.registry.descendants(["qms.evidence.mixin"], "_inherit")
        sources = [self.env[name] for name in names if not self.env[name]._abstract]
        return sorted(
            (source for source in sources if source.has_access("read")),
            key=lambda source: (source._evidence_sequence, source._name),
        )

    @api.model
    def _collect(self, standard, company):
        """Return ``{clause: ClauseEvidence}`` for all clauses of an edition, in order."""
        clauses = standard.clause_ids
        direct = self._direct(clauses, company)
        excluded = self.env["qms.standard.exclusion"]._excluded_clauses(company, standard)
        result = {
            clause: self._whole(clause, clauses, direct) for clause in clauses.sorted("sort_key")
        }
        for evidence in result.values():
            self._take_from_above(evidence, direct)
        self._judge(result, excluded, company)
        return result

    # === STEPS === #

    def _direct(self, clauses, company):
        """Return ``{clause id: {model: {record id: date}}}`` of the links themselves."""
        direct = defaultdict(lambda: defaultdict(dict))
        for source in self._sources():
            for clause_id, record_id, day in source._evidence_links(clauses, company):
                direct[clause_id][source._name][record_id] = day
        return direct

    def _whole(self, clause, clauses, direct):
        """Return the evidence of a clause and of those below it, each record once."""
        records = defaultdict(dict)
        for below in clauses:
            if below.parent_path.startswith(clause.parent_path):
                for name, found in direct.get(below.id, {}).items():
                    records[name].update(found)
        return ClauseEvidence(clause, dict(records))

    def _take_from_above(self, evidence, direct):
        above = evidence.clause.parent_id
        while not evidence.records and above.parent_id:
            if above.id in direct:
                evidence.records = {name: dict(found) for name, found in direct[above.id].items()}
                evidence.via = above.number
            above = above.parent_id

    def _judge(self, result, excluded, company):
        """Say how good the evidence is: leaves first, then what holds them."""
        today = fields.Date.context_today(self)
        months = company.sudo().qms_evidence_months
        for clause, evidence in result.items():
            evidence.status = freshness.status(evidence.count, evidence.newest, today, months)
            if clause in excluded:
                evidence.status = "excluded"
        for clause in reversed(list(result)):
            below = {result[child].status for child in clause.child_ids if child in result}
            if below and result[clause].status != "excluded":
                known = [status for status in freshness.STATUSES if status in below]
                result[clause].status = known[0] if known else "excluded"
