import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools import event_chain
from ..mixins.bulk_rows import insert_rows, reserve_ids


def utc_now():
    """The present as naive UTC with microseconds (a frozen clock is obeyed)."""
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


class QmsEvent(models.AbstractModel):
    """Append-only rows chained by their hashes, one chain for each record.

    Nobody creates, changes or deletes a row except :meth:`_append`: not an
    administrator, not elevated code, not an import. A correction is a further
    row. Whoever changes the table by SQL breaks the chain, and *Verify* names
    the first row that no longer fits.

    A concrete model sets ``_chain_field`` (Many2one to a model that inherits
    ``qms.event.chain``) and ``_hashed_fields``.
    """

    _name = "qms.event"
    _description = "Append-only event"
    _order = "sequence"

    _chain_field = None
    _hashed_fields = (
        "sequence",
        "event_type",
        "at",
        "recorded_at",
        "user_id",
        "user_name",
    )

    sequence = fields.Integer(required=True, readonly=True, aggregator=None)
    event_type = fields.Char(required=True, readonly=True, index=True)
    at = fields.Datetime(
        string="When",
        required=True,
        readonly=True,
        help="The moment of the act, stamped by the server or taken from the imported source.",
    )
    recorded_at = fields.Datetime(
        required=True,
        readonly=True,
        help="The moment the server wrote this row.",
    )
    user_id = fields.Many2one(
        "res.users", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    user_name = fields.Char(
        string="Actor",
        readonly=True,
        help="Name at that time, kept as text: people are renamed, the log is not.",
    )
    previous_hash = fields.Char(readonly=True)
    hash = fields.Char(required=True, readonly=True)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse()

    def write(self, vals):
        self._refuse()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_nothing(self):
        self._refuse()

    def _refuse(self):
        raise AccessError(
            self.env._(
                "The event log is written by the system alone: rows are neither added by "
                "hand, nor changed, nor deleted. Correct a mistake by a further action."
            )
        )

    # === BUSINESS METHODS === #

    @api.model
    def _append(self, vals_list):
        """Write events at the end of their chains and return them.

        The owners of the chains must be locked by the caller (the verbs do it).
        ``at``, ``recorded_at`` and the user default to now and to the current
        user. Rows of one chain keep the order of ``vals_list``.
        """
        now = utc_now()
        heads = {}
        rows = []
        owners = self.env[self._fields[self._chain_field].comodel_name].sudo()
        owners = owners.browse({vals[self._chain_field] for vals in vals_list})
        for owner in owners:
            heads[owner.id] = (owner.event_count, owner.event_head or "")
        for vals in vals_list:
            row = self._prepare_event(vals, now)
            count, head = heads[row[self._chain_field]]
            row["sequence"] = count + 1
            row["previous_hash"] = head
            row["hash"] = event_chain.row_hash(head, self._hash_payload(row))
            heads[row[self._chain_field]] = (count + 1, row["hash"])
            rows.append(row)
        owners._advance_chain(heads)
        events = insert_rows(self.sudo(), rows, remember=True).with_env(self.env)
        events._follow_up()
        return events

    def _follow_up(self):
        """Do what follows from these events: papers, notices. A hook, called once an append.

        Whole chains written by an import do not pass here: history is told to nobody.
        """

    @api.model
    def _insert_chains(self, rows):
        """Write whole chains of records that have none yet, in one statement.

        For imports: the rows are complete, in order and hashed by the caller, who
        stores length and head with the owners in the same transaction.
        """
        for row, row_id in zip(rows, reserve_ids(self, len(rows)), strict=True):
            row["id"] = row_id
        return insert_rows(self, rows)

    def _prepare_event(self, vals, now):
        """Complete the values of one row; every hashed field gets a value."""
        row = dict.fromkeys(self._hashed_fields, False)
        row.update(at=now, recorded_at=now)
        if "user_name" not in vals:
            row.update(user_id=self.env.uid, user_name=self.env.user.sudo().name)
        row.update(vals)
        for name in ("at", "due_at"):
            if row.get(name):
                row[name] = fields.Datetime.to_datetime(row[name])
        return row

    @api.model
    def _hash_payload(self, row):
        return {name: row[name] for name in (self._chain_field, *self._hashed_fields)}

    def _hash_rows(self):
        """Yield what :func:`event_chain.find_break` reads, from the database."""
        for event in self:
            row = {}
            for name in (self._chain_field, *self._hashed_fields):
                value = event[name]
                row[name] = value.id if isinstance(value, models.BaseModel) else value
            yield event.sequence, event.previous_hash or "", event.hash, row
