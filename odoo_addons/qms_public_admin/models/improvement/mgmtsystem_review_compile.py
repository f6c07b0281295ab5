import datetime
from collections.abc import Iterable

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools import measure as measure_kernel
from ...tools import review_content as content
from ...tools.statistics import number_text
from .qms_measure import Scope


class MgmtsystemReview(models.Model):
    """The agenda and what each topic is compiled from.

    A compiler is a method ``_compile_<key>`` named in :meth:`_compiler_labels`; it looks at
    the period of one review, with elevated rights and for its agency alone, and returns a
    section (``tools/review_content.py``). Each part of the system that keeps records adds
    its own in a file of its own.
    """

    _inherit = "mgmtsystem.review"

    qms_compiled_at = fields.Datetime(
        string="Compiled on", compute="_compute_qms_compiled_at", help="The oldest of its topics."
    )

    # === COMPUTE METHODS === #

    @api.depends("qms_input_ids.compiled_at")
    def _compute_qms_compiled_at(self):
        for review in self:
            moments = [row.compiled_at for row in review.qms_input_ids]
            review.qms_compiled_at = min(moments) if moments and all(moments) else False

    # === ACTIONS === #

    def action_compile(self):
        """Take all figures anew; comments, minutes and conclusions stay."""
        self.check_access("write")
        self._lock_lifecycle()
        for review in self:
            if review.state not in self._OPEN_STATES:
                raise UserError(
                    self.env._(
                        "“%(name)s” is closed: its figures stay as they were put before the "
                        "leaders.",
                        name=review.display_name,
                    )
                )
            review._make_agenda()
            review._compile()
        return True

    # === CATALOGUE === #

    @api.model
    def _compiler_labels(self):
        """Return ``{key: what is compiled}``; each part of the system adds its own."""
        return {}

    # === AGENDA === #

    def _make_agenda(self):
        """Add the topics of the edition that the agenda does not have yet."""
        vals_list = []
        for review in self:
            company = review.sudo().company_id
            topics = self.env["qms.review.topic"].sudo()._of(review.qms_standard_id, company)
            for topic in topics - review.sudo().qms_input_ids.topic_id:
                vals_list.append({"review_id": review.id, **topic._input_vals()})
        self.env["qms.review.input"]._as_server().create(vals_list)
        self.invalidate_recordset(["qms_input_ids"])

    def _compile(self):
        """Compile the topics of one review, in the language of papers."""
        self.ensure_one()
        local = self._for_compiling()
        found = {}
        for row in local.qms_input_ids:
            sections = []
            for key in row.topic_id.source_ids.mapped("compiler"):
                if key not in found:
                    found[key] = getattr(local, f"_compile_{key}")()
                sections.append(found[key])
            row._as_server().write(
                {
                    "content": content.content(sections),
                    "compiled_at": fields.Datetime.now(),
                    "letter": row.topic_id.letter,
                    "name": row.topic_id.name,
                }
            )
        self.qms_input_ids.invalidate_recordset()

    def _for_compiling(self):
        """Return the review as compilers see it: elevated, in the language of papers.

        What is confidential has no name there: participants read what is compiled.
        """
        return self.sudo().with_context(
            lang=self.env["res.lang"]._qms_of_papers() or "en_US",
            tz=self.company_id._qms_timezone(),
            allowed_company_ids=self.company_id.ids,
            active_test=True,
            qms_for_all=True,
        )

    # === FOR COMPILERS: PERIODS === #

    def _scope_now(self, **place):
        """Return the period of the review as scope of a measure."""
        return Scope(self.company_id.id, self.qms_date_from, self.qms_date_to, **place)

    def _scope_before(self, **place):
        """Return the period before, as long as this one."""
        days = (self.qms_date_to - self.qms_date_from).days + 1
        since = fields.Date.subtract(self.qms_date_from, days=days)
        until = fields.Date.subtract(self.qms_date_from, days=1)
        return Scope(self.company_id.id, since, until, **place)

    def _period_domain(self, name, scope=None, is_moment=True):
        """Return the domain of the records whose day lies in the period."""
        scope = scope or self._scope_now()
        if not is_moment:
            return fields.Domain(name, ">=", scope.date_from) & fields.Domain(
                name, "<=", scope.date_to
            )
        since, until = self._moments(scope)
        return fields.Domain(name, ">=", since) & fields.Domain(name, "<", until)

    def _moments(self, scope):
        """Return first moment and end of the days of a scope, as naive UTC."""
        company = self.company_id
        midnight = fields.Datetime.to_datetime
        return (
            company._qms_utc(midnight(scope.date_from)),
            company._qms_utc(midnight(fields.Date.add(scope.date_to, days=1))),
        )

    # === FOR COMPILERS: FIGURES === #

    def _measured(self, *keys):
        """Return one figure for each measure: value, interval, the period before, verdict."""
        return [figure for key in keys if (figure := self._measured_one(key))]

    def _measured_one(self, key):
        measures = self.env["qms.measure"]
        now, before = self._scope_now(), self._scope_before()
        found = measures._figures(key, [now, before])
        value, earlier = found[now], found[before]
        if not value.cases and not earlier.cases:
            return None
        change = measure_kernel.change(earlier, value)
        kind = measures._measure(key)
        return content.figure(
            measures._measure_labels()[key],
            self._figure_text(value, kind),
            opens=self._opens_measure(key, now, value, kind) if value.cases else None,
            previous=self._figure_text(earlier, kind) if earlier.cases else "–",
            interval=value.interval_text(self.env.lang),
            judgement=change.judge(kind.better) if change else "",
            note=self._cases_text(value),
        )

    def _opens_measure(self, key, scope, value, kind):
        """Return what opens the cases of a figure; of a share that should be low, its part."""
        is_part = kind.kind == "share" and kind.better == "down" and value.part > 0
        return {"measure": key, "scope": plain_scope(scope), "part": is_part}

    def _figure_text(self, figure, measure):
        text = figure.text(self.env.lang)
        return f"{text} {measure.unit}" if measure.unit and figure.value is not None else text

    def _cases_text(self, figure):
        if figure.kind == "share":
            return self.env._(
                "%(part)s of %(whole)s",
                part=self._number(figure.part),
                whole=self._number(figure.whole),
            )
        if figure.kind == "mean":
            return self.env._("%(count)s cases", count=self._number(figure.whole))
        return ""

    def _counted(self, label, model, domain, before=None, note=""):
        """Return the figure of a number of records; ``before``: domain of the period before."""
        records = self.env[model].with_context(active_test=False)
        domain = fields.Domain("company_id", "=", self.company_id.id) & fields.Domain(domain)
        count = records.search_count(domain)
        earlier = ""
        if before is not None:
            company = fields.Domain("company_id", "=", self.company_id.id)
            earlier = self._number(records.search_count(company & fields.Domain(before)))
        opens = {"model": model, "domain": plain_domain(domain), "name": label}
        return content.figure(
            label, self._number(count), opens=opens if count else None, previous=earlier, note=note
        )

    def _number(self, value, digits=0):
        return number_text(value, digits, self.env.lang)

    def _day(self, day):
        return format_date(self.env, day, date_format="dd/MM/yyyy") if day else "–"

    # === FOR COMPILERS: CHARTS === #

    def _chart_by_unit(self, key, title):
        """Return the bars of a share by unit, with the period before; none without units."""
        measures = self.env["qms.measure"]
        company = self.company_id
        now, before = self._scope_now(), self._scope_before()
        found = measures._figures_by(key, company, now.date_from, now.date_to, "department_id")
        earlier = measures._figures_by(
            key, company, before.date_from, before.date_to, "department_id"
        )
        units = self.env["hr.department"].with_context(active_test=False)
        units = units.browse({unit for _company, unit in found}).sorted("name")
        rows = []
        for unit in units:
            figure, old = found[company.id, unit.id], earlier.get((company.id, unit.id))
            rows.append(
                {
                    "label": unit.name,
                    "value": figure.value,
                    "text": f"{figure.text(self.env.lang)} ({self._number(figure.whole)})",
                    "previous": old.value if old else None,
                    "previous_text": old.text(self.env.lang) if old else "–",
                }
            )
        return [self._bars(title, rows)] if rows else []

    def _bars(self, title, rows, maximum=1.0):
        names = [self.env._("This period"), self.env._("Period before")]
        return {"kind": "bars", "title": title, "maximum": maximum, "names": names, "rows": rows}

    def _chart_by_month(self, key, title, target=None):
        """Return the line of a share over the months of the period (the last twelve)."""
        scopes = self._months()[-12:]
        found = self.env["qms.measure"]._figures(key, scopes)
        if not any(found[scope].cases for scope in scopes):
            return []
        points = [
            {
                "label": scope.date_from.strftime("%m/%y"),
                "value": found[scope].value,
                "text": found[scope].text(self.env.lang, 0),
            }
            for scope in scopes
        ]
        return [{"kind": "line", "title": title, "maximum": 1.0, "points": points,
                 "target": target}]  # fmt: skip

    def _months(self):
        """Return one scope for each month that the period touches."""
        scopes, first = [], self.qms_date_from
        while first <= self.qms_date_to:
            last = min(fields.Date.end_of(first, "month"), self.qms_date_to)
            scopes.append(self._scope_now()._replace(date_from=first, date_to=last))
            first = fields.Date.add(last, days=1)
        return scopes


def opens_one(record):
    """Return what opens one record from a figure."""
    return {"model": record._name, "domain": [["id", "=", record.id]], "name": record.display_name}


def plain_scope(scope):
    """Return a scope as JSON keeps it."""
    return [
        scope.company_id,
        scope.date_from.isoformat(),
        scope.date_to.isoformat(),
        scope.department_id,
        scope.procedure_id,
    ]


def plain_domain(domain):
    """Return a domain as JSON keeps it, those inside it, too."""
    return [
        leaf if isinstance(leaf, str) else [leaf[0], leaf[1], _plain_value(leaf[2])]
        for leaf in domain
    ]


def _plain_value(value):
    if isinstance(value, fields.Domain):
        return plain_domain(value)
    if isinstance(value, datetime.date):  # a moment is one, too
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain_leaf(each) for each in value]
    return value


def _plain_leaf(each):
    """Return an item of a list: a leaf of an inner domain, or a value."""
    if isinstance(each, tuple):
        return [each[0], each[1], _plain_value(each[2])]
    return _plain_value(each)
