from odoo import SUPERUSER_ID, models


class QmsConfidentialMixin(models.AbstractModel):
    """A record whose words few may read, although others come across it.

    Record rules close the record itself. A link shows the display name of a record to
    whoever reads the record that links it, with lifted rights, and followers get the
    messages whatever the rules say: both are closed here.
    """

    _name = "qms.confidential.mixin"
    _description = "Record with confidential words"

    # === BUSINESS METHODS === #

    def _confidential(self):
        """Return those of these records that are confidential. To be defined by the model."""
        raise NotImplementedError

    def _hidden_from_reader(self):
        """Return the stored records whose words the current user may not see.

        Whatever rights were lifted. With ``qms_for_all`` in the context all that are
        confidential, for names that are kept where everybody reads them.
        """
        confidential = self.sudo()._confidential()._origin.with_env(self.env)
        if self.env.context.get("qms_for_all"):
            return confidential
        if not confidential or self.env.uid == SUPERUSER_ID:
            return self.browse()
        return confidential - confidential.with_env(self.env(su=False))._filtered_access("read")

    def _keep_from_others(self):
        """Who may not read a confidential record gets none of its messages either."""
        for record in self.sudo()._confidential():
            kept_out = record.message_partner_ids.filtered(
                lambda partner, record=record: (
                    not any(record.with_user(user).has_access("read") for user in partner.user_ids)
                )
            )
            if kept_out:
                record.message_unsubscribe(kept_out.ids)
