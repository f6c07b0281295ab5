from odoo import fields, models

from ...tools import event_chain


class QmsEventChain(models.AbstractModel):
    """The owner of a chain of events: remembers its length and its last hash."""

    _name = "qms.event.chain"
    _description = "Owner of a chain of events"

    _event_model = None

    event_count = fields.Integer(
        string="Events", readonly=True, copy=False, default=0, aggregator=None
    )
    event_head = fields.Char(string="Last hash", readonly=True, copy=False)

    def _advance_chain(self, heads):
        """Store ``{id: (count, hash)}`` after events were appended."""
        self._lifecycle_write_each(
            {
                owner_id: {"event_count": count, "event_head": head}
                for owner_id, (count, head) in heads.items()
            }
        )

    def _verify_chain(self):
        """Return ``{id: event_chain.Break or None}``, reading the database anew."""
        events_model = self.env[self._event_model].sudo()
        events_model.invalidate_model()
        self.invalidate_recordset(["event_count", "event_head"])
        chain_field = events_model._chain_field
        grouped = events_model.search(
            [(chain_field, "in", self.ids)], order=f"{chain_field}, sequence, id"
        ).grouped(chain_field)
        grouped = {owner.id: events for owner, events in grouped.items()}
        return {
            owner.id: event_chain.find_break(
                grouped.get(owner.id, events_model)._hash_rows(),
                owner.event_count,
                owner.event_head or "",
            )
            for owner in self.sudo()
        }

    def action_verify_chain(self):
        """Open the result of reading the chains of these records again."""
        self.check_access("read")
        verification = self.env["qms.event.verification"]._verify_records(self)
        return verification._action_open()
