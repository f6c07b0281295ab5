from odoo import api, models


class MailActivity(models.Model):
    """What the system puts on the lists of people."""

    _inherit = "mail.activity"

    # === BUSINESS METHODS === #

    @api.model
    def _qms_put(self, kind, rows):
        """Put things to do on lists, without a mail for each of them.

        :param str kind: XML id of the type of activity
        :param rows: of ``(record, user, day, summary)``; the summary is in the language of
            the user
        """
        activities = self.sudo().with_context(mail_activity_quick_update=True)
        activity_type = self.env.ref(kind)
        return activities.create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "res_model_id": self.env["ir.model"]._get_id(record._name),
                    "res_id": record.id,
                    "user_id": user.id,
                    "date_deadline": day,
                    "summary": summary,
                    "automated": True,
                }
                for record, user, day, summary in rows
            ]
        )
