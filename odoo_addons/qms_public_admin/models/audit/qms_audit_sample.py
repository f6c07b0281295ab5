import datetime
import secrets

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...const import RUNNING_STATES
from ...tools import sampling

SEED_ORIGINS = [
    ("system", "Chosen by the system"),
    ("given", "Given by a person"),
]
DRAWING_STATES = ("notified", "open")
MAX_SIZE = 200


class QmsAuditSample(models.Model):
    """A random draw of dossiers for an audit: what was drawn from what, and with which seed.

    Everyone of the agency reads it. The team and ISO officers draw from the announcement
    of the audit to the end of the visit; a further draw needs a reason, and the one before
    stays: nobody picks the sample that suits. Seed, size, population and list are facts
    that nobody changes; with them anybody draws again and finds the same dossiers.
    """

    _name = "qms.audit.sample"
    _description = "Sample of dossiers"
    _inherit = ["qms.fact.mixin"]
    _order = "audit_id desc, number"

    audit_id = fields.Many2one(
        "mgmtsystem.audit", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, readonly=True, index=True,
        ondelete="restrict",
    )  # fmt: skip
    number = fields.Integer(string="Draw no.", readonly=True, aggregator=None)
    date_from = fields.Date(string="Accepted from", required=True, readonly=True)
    date_to = fields.Date(string="Accepted until", required=True, readonly=True)
    procedure_keys = fields.Json(readonly=True, help="Ids of the procedures drawn from.")
    procedure_names = fields.Text(string="Procedures", readonly=True)
    department_keys = fields.Json(readonly=True, help="Ids of the units drawn from.")
    department_names = fields.Text(string="Units", readonly=True)
    size = fields.Integer(string="Dossiers wanted", readonly=True, aggregator=None)
    late_size = fields.Integer(string="Of these late", readonly=True, aggregator=None)
    supplement_size = fields.Integer(
        string="Of these with a supplement", readonly=True, aggregator=None
    )
    seed = fields.Char(required=True, readonly=True)
    seed_origin = fields.Selection(SEED_ORIGINS, required=True, readonly=True)
    method = fields.Char(required=True, readonly=True)
    population = fields.Integer(readonly=True, aggregator=None, help="Dossiers drawn from.")
    population_late = fields.Integer(
        string="Late in the population", readonly=True, aggregator=None
    )
    population_supplement = fields.Integer(
        string="With a supplement in the population", readonly=True, aggregator=None
    )
    population_sha256 = fields.Char(
        string="Fingerprint of the population",
        readonly=True,
        help="SHA-256 of the numbers of all dossiers drawn from.",
    )
    drawn_at = fields.Datetime(string="Drawn", required=True, readonly=True)
    drawn_by_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    drawn_by_name = fields.Char(string="Drawn by", required=True, readonly=True)
    reason = fields.Text(string="Why drawn again", readonly=True)
    line_ids = fields.One2many("qms.audit.sample.line", "sample_id", string="Dossiers")
    drawn_count = fields.Integer(string="Drawn dossiers", readonly=True, aggregator=None)

    _number_unique = models.Constraint("UNIQUE(audit_id, number)", "Draws are numbered.")
    _again_with_reason = models.Constraint(
        "CHECK(number = 1 OR length(trim(COALESCE(reason, ''))) > 0)",
        "Say why the sample is drawn again.",
    )

    # === COMPUTE METHODS === #

    @api.depends("audit_id.reference", "number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for sample in self:
            sample.display_name = self.env._(
                "%(audit)s, draw %(number)s",
                audit=sample.audit_id.reference,
                number=sample.number,
            )

    # === ACTIONS === #

    def action_verify(self):
        """Draw again with the seed and tell whether the same dossiers come."""
        self.ensure_one()
        self.check_access("read")
        again = self._drawn(self._frame())
        kept = [(line.dossier_id.id, line.stratum) for line in self.sudo().line_ids]
        is_same = [(key, stratum) for key, stratum in again["rows"]] == kept
        if is_same:
            message = self.env._("The same seed gives the same dossiers.")
        elif again["population_sha256"] != self.population_sha256:
            message = self.env._(
                "The dossiers to draw from are no longer the same: %(then)s then, %(now)s now "
                "(imported, re-assigned or corrected since).",
                then=self.population,
                now=again["population"],
            )
        else:
            message = self.env._("The draw cannot be repeated: which dossiers are late changed.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if is_same else "warning",
                "message": message,
                "sticky": not is_same,
            },
        }

    # === BUSINESS METHODS === #

    @api.model
    def _draw(self, audit, wish):
        """Draw a sample and keep it.

        :param dict wish: ``date_from``, ``date_to``, ``procedures``, ``departments``, ``size``,
            ``late_size``, ``supplement_size``, ``seed``, ``reason``
        """
        audit.ensure_one()
        audit._lock_lifecycle()
        audit._raise_errors([self._draw_error(audit, wish)])
        seed = (wish.get("seed") or "").strip()
        frame = self._frame_of(audit, wish, seed or f"{secrets.randbelow(10**8):08d}")
        drawn = self._drawn(frame)
        if not drawn["rows"]:
            raise UserError(
                self.env._("There is no dossier to draw from: look at period, units, procedures.")
            )
        sample = self._record([self._sample_vals(audit, wish, frame, drawn, bool(seed))])
        sample._record_lines(drawn["rows"])
        return sample

    @api.model
    def _draw_error(self, audit, wish):
        row = audit.sudo()
        if not audit.has_access("write"):
            return self.env._("You may not change “%(name)s”.", name=audit.display_name)
        if row.state not in DRAWING_STATES:
            return self.env._(
                "“%(name)s” is in state “%(state)s”: samples are drawn from the announcement "
                "to the end of the visit.",
                name=audit.display_name,
                state=audit._lifecycle_label(row.state),
            )
        if not 1 <= wish["size"] <= MAX_SIZE:
            return self.env._("Draw 1 to %(max)s dossiers.", max=MAX_SIZE)
        if min(wish["late_size"], wish["supplement_size"]) < 0 or (
            wish["late_size"] + wish["supplement_size"] > wish["size"]
        ):
            return self.env._("Late dossiers and those with a supplement are part of the sample.")
        if wish["date_to"] < wish["date_from"]:
            return self.env._("The period does not end before it begins.")
        if row.qms_sample_ids and not (wish.get("reason") or "").strip():
            return self.env._("A sample was drawn already: say why it is drawn again.")
        return ""

    @api.model
    def _frame_of(self, audit, wish, seed):
        """Return from what is drawn, as plain values: enough to draw again."""
        return {
            "company_id": audit.company_id.id,
            "date_from": wish["date_from"],
            "date_to": wish["date_to"],
            "procedures": wish["procedures"].ids,
            "departments": wish["departments"].ids,
            "size": wish["size"],
            "late": wish["late_size"],
            "supplement": wish["supplement_size"],
            "seed": seed,
            "at": fields.Datetime.now(),
        }

    def _frame(self):
        """Return the frame this sample was drawn from."""
        row = self.sudo()
        return {
            "company_id": row.company_id.id,
            "date_from": row.date_from,
            "date_to": row.date_to,
            "procedures": row.procedure_keys or [],
            "departments": row.department_keys or [],
            "size": row.size,
            "late": row.late_size,
            "supplement": row.supplement_size,
            "seed": row.seed,
            "at": row.drawn_at,
        }

    @api.model
    def _sample_vals(self, audit, wish, frame, drawn, is_given):
        return {
            "audit_id": audit.id,
            "company_id": audit.company_id.id,
            "number": len(audit.sudo().qms_sample_ids) + 1,
            "date_from": frame["date_from"],
            "date_to": frame["date_to"],
            "procedure_keys": frame["procedures"],
            "procedure_names": "\n".join(wish["procedures"].mapped("display_name")) or None,
            "department_keys": frame["departments"],
            "department_names": "\n".join(wish["departments"].mapped("display_name")) or None,
            "size": frame["size"],
            "late_size": frame["late"],
            "supplement_size": frame["supplement"],
            "seed": frame["seed"],
            "seed_origin": "given" if is_given else "system",
            "method": sampling.METHOD,
            "population": drawn["population"],
            "population_late": drawn["late"],
            "population_supplement": drawn["supplement"],
            "population_sha256": drawn["population_sha256"],
            "drawn_at": frame["at"],
            "drawn_by_id": self.env.uid,
            "drawn_by_name": self.env.user.name,
            "reason": (wish.get("reason") or "").strip() or None,
            "drawn_count": len(drawn["rows"]),
        }

    def _record_lines(self, rows):
        """Keep the list: which dossier, from which stratum, and how it stood on that day."""
        self.ensure_one()
        dossiers = self.env["qms.dossier"].sudo().browse(key for key, _stratum in rows)
        names = ("accepted_at", "due_at", "done_at", "outcome", "supplement_count")
        self.env["qms.audit.sample.line"]._record(
            [
                {
                    "sample_id": self.id,
                    "audit_id": self.audit_id.id,
                    "company_id": self.company_id.id,
                    "position": position,
                    "stratum": stratum,
                    "dossier_id": dossier.id,
                    "code": dossier.display_name,
                    "procedure_name": dossier.procedure_id.display_name or None,
                    **{name: dossier[name] or None for name in names},
                }
                for position, ((_key, stratum), dossier) in enumerate(
                    zip(rows, dossiers, strict=True), 1
                )
            ]
        )

    # === BUSINESS METHODS: DRAW === #

    @api.model
    def _drawn(self, frame):
        """Return counts, fingerprint and the dossiers drawn, in their order.

        The population stays in the database: counted and hashed there, and ranked there by
        the rule of ``tools/sampling.py``. Ids of the sample alone come here.
        """
        counts = self._population_counts(frame)
        available = {
            "late": counts["late"],
            "supplement": counts["supplement_only"],
            "any": counts["population"] - counts["late"] - counts["supplement_only"],
        }
        shares = sampling.plan(frame["size"], frame, available)
        rows = []
        for stratum in sampling.STRATA:
            taken = [key for key, _stratum in rows]
            rows += [(key, stratum) for key in self._lowest(frame, stratum, shares[stratum], taken)]
        return {**counts, "rows": rows}

    @api.model
    def _population(self, frame):
        """Return the SELECT of the dossiers drawn from: id, late, with a supplement."""
        start, end = self._moments(frame)
        at = frame["at"]
        where = SQL(
            "d.company_id = %s AND d.accepted_at >= %s AND d.accepted_at < %s"
            " AND d.accepted_at <= %s",
            frame["company_id"], start, end, at,
        )  # fmt: skip
        if frame["procedures"]:
            where = SQL("%s AND d.procedure_id = ANY(%s)", where, list(frame["procedures"]))
        if frame["departments"]:
            where = SQL(
                "%s AND EXISTS (SELECT 1 FROM qms_dossier_step s"
                " WHERE s.dossier_id = d.id AND s.department_id = ANY(%s))",
                where,
                list(frame["departments"]),
            )
        return SQL(
            """SELECT d.id, d.supplement_count > 0 AS is_supplement,
                      CASE WHEN d.done_at <= %s THEN COALESCE(d.outcome = 'late', FALSE)
                           ELSE COALESCE(d.due_at < %s AND (d.done_at IS NOT NULL
                                         OR d.state = ANY(%s)), FALSE) END AS is_late
                 FROM qms_dossier d WHERE %s""",
            at, at, list(RUNNING_STATES), where,
        )  # fmt: skip

    @api.model
    def _population_counts(self, frame):
        """Count and hash the population in one query."""
        self._flush_dossiers()
        [(population, late, supplement, only, digest)] = self.env.execute_query(
            SQL(
                """SELECT count(*), count(*) FILTER (WHERE is_late),
                          count(*) FILTER (WHERE is_supplement),
                          count(*) FILTER (WHERE is_supplement AND NOT is_late),
                          encode(sha256(convert_to(
                              COALESCE(string_agg(id::text, ',' ORDER BY id), ''), 'UTF8')), 'hex')
                     FROM (%s) population""",
                self._population(frame),
            )
        )
        return {
            "population": population,
            "late": late,
            "supplement": supplement,
            "supplement_only": only,
            "population_sha256": digest,
        }

    @api.model
    def _lowest(self, frame, stratum, count, taken):
        """Return the ids of the lowest ranks of a stratum; of all the rest for “any”."""
        if not count:
            return []
        condition = {
            "late": SQL("is_late"),
            "supplement": SQL("is_supplement AND NOT is_late"),
            "any": SQL("id != ALL(%s)", list(taken)),
        }[stratum]
        rank = SQL(sampling.RANK_SQL.format(number="id"), seed=frame["seed"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM (%s) population WHERE %s ORDER BY %s, id LIMIT %s",
                self._population(frame),
                condition,
                rank,
                count,
            )  # fmt: skip
        )
        return [key for (key,) in rows]

    @api.model
    def _flush_dossiers(self):
        self.env["qms.dossier"].flush_model()
        self.env["qms.dossier.step"].flush_model(["department_id", "dossier_id"])

    @api.model
    def _moments(self, frame):
        """Return first moment and end of the period, naive UTC, by the clock of the agency."""
        company = self.env["res.company"].browse(frame["company_id"])
        zone = pytz.timezone(company._qms_timezone())

        def midnight(day):
            local = zone.localize(datetime.datetime.combine(day, datetime.time()))
            return local.astimezone(pytz.utc).replace(tzinfo=None)

        return midnight(frame["date_from"]), midnight(frame["date_to"] + datetime.timedelta(days=1))

    # === BUSINESS METHODS: SCREEN === #

    @api.model
    def _board_rows(self, audit):
        """Return the samples of an audit for the screen of the auditor."""
        lines = self.env["qms.audit.sample.line"].search([("audit_id", "=", audit.id)])
        outcomes = dict(lines._fields["outcome"]._description_selection(self.env))
        strata = dict(lines._fields["stratum"]._description_selection(self.env))

        def day(value):
            return value and fields.Datetime.context_timestamp(lines, value).strftime("%d/%m/%Y")

        return [
            {
                "id": line.id,
                "draw": line.sample_id.number,
                "position": line.position,
                "dossier_id": line.dossier_id.id,
                "code": line.code,
                "procedure": line.procedure_name or "",
                "accepted": day(line.accepted_at) or "",
                "due": day(line.due_at) or "",
                "done": day(line.done_at) or "",
                "outcome": outcomes.get(line.outcome, ""),
                "is_late": line.outcome == "late" or line.stratum == "late",
                "stratum": strata[line.stratum] if line.stratum != "any" else "",
                "supplements": line.supplement_count,
            }
            for line in lines
        ]
