from odoo import api, fields, models
from odoo.exceptions import ValidationError

# JSON cannot carry this object, so no client can put it into a context.
_WRITER = object()


class QmsReviewPartMixin(models.AbstractModel):
    """A row of a management review: open as long as the review is, closed with it.

    The guard holds against elevated code, too. ``_served_fields`` are the server's: what
    is compiled is never typed.
    """

    _name = "qms.review.part.mixin"
    _description = "Part of a management review"
    _inherit = ["qms.placement.mixin"]
    _check_company_auto = True
    _placing_fields = ("review_id", "company_id")
    _derived_fields = ("company_id",)
    _served_fields = frozenset()

    review_id = fields.Many2one(
        "mgmtsystem.review",
        string="Management review",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="review_id.company_id", store=True, index=True)
    review_state = fields.Selection(related="review_id.state", string="State of the review")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        is_server = self._is_part_writer()
        if not is_server:
            defaults = self.default_get(list(self._served_fields))
            for vals in (defaults, *vals_list):
                self._check_served(vals)
        parts = super().create(vals_list)
        if not is_server:
            parts._check_review_open()
            parts.sudo().review_id._note_editor()
        return parts

    def write(self, vals):
        if self._is_part_writer():
            return super().write(vals)
        self._check_served(vals)
        if "review_id" in vals:
            raise ValidationError(self.env._("It stays with its management review."))
        self._check_review_open()
        result = super().write(vals)
        self.sudo().review_id._note_editor()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        if not self._is_part_writer():
            self._check_review_open()
            self.sudo().review_id._note_editor()

    # === GUARD === #

    def _is_part_writer(self):
        return self.env.context.get("_qms_review_part") is _WRITER

    def _as_server(self):
        """Return the rows, or the model, as the verbs of the review write them."""
        return self.sudo().with_context(_qms_review_part=_WRITER)

    def _check_served(self, vals):
        refused = [name for name in self._served_fields if vals.get(name)]
        refused += [name for name in self._served_fields & vals.keys() if name not in refused]
        if refused and self._is_refused(vals):
            labels = self.fields_get(refused, ["string"])
            raise ValidationError(
                self.env._(
                    "These are compiled or written by the actions of the review: %(fields)s",
                    fields=", ".join(labels[name]["string"] for name in sorted(refused)),
                )
            )

    def _is_refused(self, vals):
        """An empty value at birth is harmless; anything else is not."""
        return bool(self) or any(vals.get(name) for name in self._served_fields)

    def _check_review_open(self):
        """Refuse changes of what is in approval or approved; lock the review meanwhile."""
        reviews_sudo = self.sudo().review_id
        reviews_sudo._lock_lifecycle()
        for review in reviews_sudo:
            if review.state not in review._OPEN_STATES:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is closed: what it holds was put before the leaders and "
                        "stays as it is.",
                        name=review.display_name,
                    )
                )
