from odoo import models
from odoo.exceptions import UserError

from ...tools import document_text


class DocumentPageHistory(models.Model):
    """The section on steps is written from the versions of the procedures."""

    _inherit = "document.page.history"

    # === ACTIONS === #

    def action_refresh_steps(self):
        """Write the steps of the procedures into the drafts; add the section when missing."""
        self.check_access("write")
        for revision in self:
            versions = revision.page_id._versions_to_describe()
            if not versions:
                raise UserError(
                    self.env._(
                        "No procedure names “%(document)s” as its ISO document.",
                        document=revision.page_id.display_name,
                    )
                )
            steps = versions._steps_html()
            text = document_text.replace_block(revision.content, "qms_steps", steps)
            if text is None:
                text = f"{revision.content or ''}<div class='qms_steps'>{steps}</div>"
            revision.content = text
        return True

    # === BUSINESS METHODS === #

    def _prepare_submission(self):
        """What is handed over for review describes the procedures as they are now."""
        for revision in self.filtered(lambda row: row.qms_state == "draft"):
            versions = revision.sudo().page_id._versions_to_describe()
            if not versions:
                continue
            text = document_text.replace_block(
                revision.content, "qms_steps", versions._steps_html()
            )
            if text is not None and text != revision.content:
                revision._lifecycle_write({"content": text})
        return super()._prepare_submission()
