from urllib.parse import urlencode

from odoo import fields, models
from odoo.tools.urls import urljoin

from ...tools import lookup_key
from ..dossier.qms_dossier_verbs import GROUP_CLERK, GROUP_HEAD

GROUPS = ",".join(f"qms_public_admin.group_qms_{role}" for role in ("clerk", "head", "officer"))


class QmsDossier(models.Model):
    """What lets the holder of the receipt follow the dossier without a login.

    The code is on many papers; the key is on the receipt alone. Who hands out receipts
    reads it, nobody else: neither plain staff nor a citizen over RPC.
    """

    _inherit = "qms.dossier"

    lookup_key = fields.Char(
        string="Look-up key",
        readonly=True,
        copy=False,
        groups=GROUPS,
        help="Printed on the receipt. With the code it opens the public page of this dossier.",
    )

    # === VERBS === #

    def action_accept(self):
        result = super().action_accept()
        self._give_lookup_keys()
        return result

    def action_give_lookup_key(self):
        """Give a dossier from elsewhere its key, for the receipt or for who asks."""
        self.check_access("read")
        self._raise_errors(dossier._give_lookup_key_error() for dossier in self)
        self._give_lookup_keys()
        return True

    def _give_lookup_key_error(self):
        return self._group_error(GROUP_CLERK) and self._group_error(GROUP_HEAD)

    # === GUARD === #

    def _guarded_fields(self):
        return super()._guarded_fields() | {"lookup_key"}

    # === BUSINESS METHODS === #

    def _give_lookup_keys(self):
        """Give a key to those that have none; the caller has checked who asks.

        Dossiers of the counter get it at acceptance, imported ones when their receipt
        or their look-up is first asked for.
        """
        bare_sudo = self.sudo().filtered(lambda row: row.code and not row.lookup_key)
        bare_sudo._lifecycle_write_each(
            {dossier.id: {"lookup_key": lookup_key.new_key()} for dossier in bare_sudo}
        )

    def _lookup_key_text(self):
        """Return the key as it is printed on the receipt, giving it first if need be."""
        self.ensure_one()
        self._give_lookup_keys()
        return lookup_key.shown(self.sudo().lookup_key or "")

    def _lookup_url(self):
        """Return the absolute address of the public page, the code filled in, the key not."""
        self.ensure_one()
        return urljoin(self.get_base_url(), f"/tra-cuu?{urlencode({'code': self.code or ''})}")

    def _portal_url(self):
        """Return the absolute address of the page among *My dossiers*."""
        self.ensure_one()
        return urljoin(self.get_base_url(), f"/my/dossiers/{self.id}")
