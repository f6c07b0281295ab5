from odoo import models


class TierValidation(models.AbstractModel):
    """Keeps the verbs of the tier module working although users no longer write reviews.

    For models of other addons: each verb checks the right to the record, then acts with
    elevated rights; the user stays the one who asked. Our own models override all of
    them in ``qms.approval.mixin``.
    """

    _inherit = "tier.validation"

    def request_validation(self):
        self.check_access("write")
        return super(TierValidation, self.sudo()).request_validation()

    def restart_validation(self):
        self.check_access("write")
        return super(TierValidation, self.sudo()).restart_validation()

    def unlink(self):
        self.check_access("unlink")
        self.sudo().review_ids.unlink()
        return super().unlink()

    def _tier_validation_check_write_remove_reviews(self, vals):
        self.check_access("write")
        return super(TierValidation, self.sudo())._tier_validation_check_write_remove_reviews(vals)

    def _validate_tier(self, tiers=False):
        self.check_access("read")
        own = self._qms_own_reviews(tiers)
        return own and super(TierValidation, self.sudo())._validate_tier(own)

    def _rejected_tier(self, tiers=False):
        self.check_access("read")
        own = self._qms_own_reviews(tiers)
        return own and super(TierValidation, self.sudo())._rejected_tier(own)

    def _qms_own_reviews(self, tiers):
        """Of the reviews given by the caller, those of this record; elevated."""
        own = self.sudo().review_ids
        return tiers.sudo() & own if tiers else own
