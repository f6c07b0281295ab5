import datetime
import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# Verb: words of the button. Only what needs no reason and no choice of a dossier's own.
BULK_VERBS = [
    ("accept", "Accept"),
    ("complete_step", "Complete the step and hand over"),
    ("return_result", "Return the results"),
]
# Verbs that give a paper.
PRINTED = ("accept", "return_result")
# Dossiers done while the user waits; more run in the background.
AT_ONCE = 100
# Dossiers of one transaction of a job.
BATCH = 50
# How long a preview nobody ran and a finished action are kept (days).
KEPT_PREVIEW, KEPT_DONE = 1, 90
_NEVER_MEANT = (psycopg2.OperationalError, psycopg2.InterfaceError)


class QmsDossierBulk(models.Model):
    """One act on many dossiers: who will be handled, who is skipped and why, then done.

    Made by :meth:`_prepare` alone; a record rule lets nobody but the user who asked see,
    and so run, it. Nobody's
    rights grow by it: the job acts as that user and asks the predicate of the verb once
    more for each dossier at the moment it comes to it; a step completed meanwhile is not
    completed twice. What cannot be done says why and stops nothing else. A stopped or
    interrupted job goes on with the rows that are still waiting.
    """

    _name = "qms.dossier.bulk"
    _description = "Action on many dossiers"
    _inherit = ["qms.lifecycle.mixin"]
    _order = "id desc"

    _transitions = {
        "draft": ("running",),
        "running": ("done", "stopped"),
        "stopped": ("running",),
        "done": (),
    }
    _protected_fields = ("verb", "user_id", "company_id", "started_at", "finished_at", "failure")
    _frozen_fields = {state: "*" for state in ("running", "stopped", "done")}

    verb = fields.Selection(BULK_VERBS, string="What is done", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Asked by", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", string="Agency", required=True, readonly=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("draft", "Preview"),
            ("running", "Running"),
            ("stopped", "Stopped"),
            ("done", "Finished"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
    )
    line_ids = fields.One2many("qms.dossier.bulk.line", "bulk_id", string="Dossiers")
    total_count = fields.Integer(string="Chosen", compute="_compute_counts")
    ready_count = fields.Integer(string="To be handled", compute="_compute_counts")
    skipped_count = fields.Integer(string="Skipped", compute="_compute_counts")
    done_count = fields.Integer(string="Handled", compute="_compute_counts")
    refused_count = fields.Integer(string="Not possible", compute="_compute_counts")
    is_large = fields.Boolean(
        compute="_compute_counts", help="More than are done while the user waits."
    )
    progress = fields.Float(compute="_compute_counts", help="Per cent of the dossiers handled.")
    started_at = fields.Datetime(string="Started", readonly=True)
    finished_at = fields.Datetime(string="Finished on", readonly=True)
    failure = fields.Text(readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("verb")
    def _compute_display_name(self):
        verbs = dict(self._fields["verb"]._description_selection(self.env))
        for bulk in self:
            bulk.display_name = verbs.get(bulk.verb, "")

    @api.depends("line_ids.state")
    def _compute_counts(self):
        counts = {bulk.id: {} for bulk in self}
        for bulk, state, count in self.env["qms.dossier.bulk.line"]._read_group(
            [("bulk_id", "in", self.ids)], ["bulk_id", "state"], ["__count"]
        ):
            counts[bulk.id][state] = count
        for bulk in self:
            states = counts[bulk.id]
            for state in ("ready", "skipped", "done", "refused"):
                bulk[f"{state}_count"] = states.get(state, 0)
            bulk.total_count = sum(states.values())
            tried = bulk.done_count + bulk.refused_count
            bulk.is_large = bulk.ready_count > AT_ONCE
            bulk.progress = 100.0 * tried / (tried + bulk.ready_count) if tried else 0.0

    # === PREVIEW === #

    @api.model
    def _prepare(self, verb, dossiers, expected_steps=None):
        """Record what ``verb`` would do with each of these dossiers for this user.

        :param expected_steps: ``{dossier: step}`` that the user saw as the current one
        """
        if verb not in dict(BULK_VERBS):
            raise UserError(self.env._("Choose what is to be done."))
        if not dossiers:
            raise UserError(self.env._("Choose at least one dossier."))
        dossiers.check_access("read")
        bulk = self._lifecycle_create(
            [{"verb": verb, "user_id": self.env.uid, "company_id": self.env.company.id}]
        )
        lines = self.env["qms.dossier.bulk.line"]
        lines._record(
            [
                lines._prepare(bulk, dossier, (expected_steps or {}).get(dossier))
                for dossier in dossiers
            ]
        )
        bulk.invalidate_recordset()
        return bulk

    def _action_show(self, target="new"):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": target,
        }

    # === ACTIONS === #

    def action_run(self):
        """Do it: at once when they are few, as a job when they are many."""
        self.ensure_one()
        self.check_access("read")
        is_large = self.is_large
        self._transition("running", {"started_at": fields.Datetime.now(), "failure": False})
        if is_large:
            self._trigger_cron()
            return self._action_show("current")
        self._do_batch(self._waiting())
        self._transition("done", {"finished_at": fields.Datetime.now()})
        return self._after_run()

    def action_stop(self):
        """Stop the job after the batch it is doing; what is done stays done."""
        self.check_access("read")
        self._transition("stopped")
        return True

    def action_print(self):
        """Print the papers of all dossiers handled, in one file."""
        self.ensure_one()
        self.check_access("read")
        return self._paper() or True

    def action_view_dossiers(self):
        """Open the dossiers that were handled."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qms_public_admin.qms_dossier_action"
        )
        done = self.line_ids.filtered(lambda line: line.state == "done")
        return {**action, "domain": [("id", "in", done.dossier_id.ids)], "context": {}}

    def _after_run(self):
        """What the user sees next: what went wrong, else the paper, else a word."""
        self.invalidate_recordset()
        if self.refused_count:
            return self._action_show()
        paper = self._paper()
        if paper:
            return {**paper, "close_on_report_download": True}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Dossiers handled: %(count)s", count=self.done_count),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _paper(self):
        done = self.line_ids.filtered(lambda line: line.state == "done").dossier_id
        return self.verb in PRINTED and done and done._paper_action(self.verb)

    # === JOB === #

    @api.model
    def _cron_run(self):
        """Do what waits, a transaction a batch, until the time is over."""
        cron = self.env["ir.cron"]
        running = self.sudo().search([("state", "=", "running")], order="id")
        seconds = cron._commit_progress(remaining=len(running))
        for bulk in running:
            if not seconds:
                break
            seconds = bulk._as_asker()._work(cron._commit_progress)
        self.sudo().search([("state", "=", "running")], limit=1)._trigger_cron()

    def _as_asker(self):
        """The same act in the name, with the rights and in the language of the asker."""
        self.ensure_one()
        user = self.user_id
        return (
            self.with_user(user)
            .with_company(self.company_id)
            .with_context(allowed_company_ids=user.company_ids.ids, lang=user.lang, tz=user.tz)
        )

    def _work(self, commit):
        """Do batches while there is time.

        :param commit: called with the number of dossiers done; commits and returns the
            seconds left
        """
        seconds = commit(0, remaining=self.sudo().ready_count)
        while seconds and self._may_go_on():
            lines = self._waiting(BATCH)
            if not lines:
                self._finish()
                return commit(0, remaining=0)
            self._do_batch(lines)
            seconds = commit(len(lines), remaining=1)
        return seconds

    def _may_go_on(self):
        """Lock the row and see that nobody stopped the job and the account is open."""
        bulk_sudo = self.sudo()
        if not bulk_sudo.try_lock_for_update():
            return False
        bulk_sudo.invalidate_recordset(["state"])
        if bulk_sudo.state == "running" and not self.env.user.active:
            bulk_sudo._transition("stopped", {"failure": self.env._("The account was closed.")})
        return bulk_sudo.state == "running"

    def _finish(self):
        self._transition("done", {"finished_at": fields.Datetime.now()})

    def _waiting(self, limit=None):
        lines = self.env["qms.dossier.bulk.line"].sudo()
        found = lines.search(
            [("bulk_id", "=", self.id), ("state", "=", "ready")], limit=limit, order="id"
        )
        return found.with_env(self.env)

    def _do_batch(self, lines):
        """Do the lines and record what became of each."""
        outcomes = self._attempt(lines)
        self.env["qms.dossier.bulk.line"]._complete_each(
            {
                line.id: {"state": "refused" if message else "done", "message": message or False}
                for line, message in outcomes.items()
            }
        )
        self.env["qms.dossier.bulk.line"].invalidate_model()

    def _attempt(self, lines):
        """Use the verb on all lines at once; halve them where something is refused.

        :return: ``{line: message}``, empty where it was done
        """
        try:
            with self.env.cr.savepoint():
                outcomes = self._use_verb(lines)
                self.env.flush_all()
                return outcomes
        except _NEVER_MEANT:
            raise
        except (UserError, psycopg2.Error) as error:
            self.env.invalidate_all()
            if len(lines) == 1:
                return {lines: self._refusal_text(error)}
        middle = len(lines) // 2
        return self._attempt(lines[:middle]) | self._attempt(lines[middle:])

    def _use_verb(self, lines):
        """Lock the dossiers, ask for each once more, act on those that may be."""
        dossiers = self.env["qms.dossier"].browse(lines.sudo().dossier_id.ids)
        dossiers.check_access("read")
        dossiers._lock_lifecycle()
        messages = {line: line._error(self.sudo().verb) for line in lines}
        good = [line.sudo().dossier_id.id for line in lines if not messages[line]]
        if good:
            getattr(dossiers.browse(good), f"action_{self.sudo().verb}")()
        return messages

    def _refusal_text(self, error):
        if isinstance(error, psycopg2.Error):
            return self._sql_error_to_message(error)
        return str(error)

    def _trigger_cron(self):
        """Have the job run as soon as possible, when there is anything to do."""
        if self:
            self.env.ref("qms_public_admin.ir_cron_qms_dossier_bulk").sudo()._trigger()

    @api.autovacuum
    def _gc_bulks(self):
        """Previews nobody ran go the next day, finished ones after three months."""
        now = fields.Datetime.now()
        self.flush_model()
        # By SQL: rows of facts have no other way out, and theirs go with them.
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM qms_dossier_bulk
                 WHERE (state = 'draft' AND create_date < %s)
                    OR (state IN ('done', 'stopped') AND create_date < %s)
                """,
                now - datetime.timedelta(days=KEPT_PREVIEW),
                now - datetime.timedelta(days=KEPT_DONE),
            )
        )
        self.invalidate_model()
        _logger.info("Removed %s actions on many dossiers", self.env.cr.rowcount)
