import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import pdf_signature


class ResCompany(models.Model):
    """The certificate with which an agency seals its prints. Administrators alone read it."""

    _inherit = "res.company"

    qms_signing_file = fields.Binary(
        string="Certificate file",
        attachment=False,
        copy=False,
        groups="base.group_system",
        help="PKCS#12 (.p12, .pfx) with the key and the certificate of the agency.",
    )
    qms_signing_password = fields.Char(
        string="Password of the certificate file", copy=False, groups="base.group_system"
    )
    qms_can_sign = fields.Boolean(
        string="Signs its prints", compute="_compute_qms_can_sign", compute_sudo=True
    )

    # === COMPUTE METHODS === #

    @api.depends("qms_signing_file")
    def _compute_qms_can_sign(self):
        for company in self:
            company.qms_can_sign = bool(company.with_context(bin_size=True).qms_signing_file)

    # === CONSTRAINT METHODS === #

    @api.constrains("qms_signing_file", "qms_signing_password")
    def _check_qms_signing_file(self):
        for company in self.sudo().with_context(bin_size=False):
            if company.qms_signing_file:
                try:
                    company._qms_check_certificate()
                except UserError as error:
                    raise ValidationError(str(error)) from error

    # === BUSINESS METHODS === #

    def _qms_check_certificate(self):
        """Return who the certificate was issued to.

        :raise UserError: when it cannot be used now
        """
        company_sudo = self.sudo().with_context(bin_size=False)
        try:
            return pdf_signature.check(
                base64.b64decode(company_sudo.qms_signing_file or b""),
                company_sudo.qms_signing_password,
                fields.Datetime.now(),
            )
        except pdf_signature.SignatureError as error:
            raise UserError(self._qms_certificate_text(error.code)) from error

    def _qms_certificate_text(self, code):
        return {
            "unreadable": self.env._(
                "The certificate file of the agency cannot be opened: it is missing, is no "
                "PKCS#12 file with a key, or its password is not right."
            ),
            "expired": self.env._("The certificate of the agency is not valid today."),
        }[code]

    def _qms_sign(self, pdf, reason):
        """Return ``pdf`` sealed with the certificate of the agency."""
        self.ensure_one()
        self._qms_check_certificate()
        company_sudo = self.sudo().with_context(bin_size=False)
        return pdf_signature.sign(
            pdf,
            base64.b64decode(company_sudo.qms_signing_file),
            company_sudo.qms_signing_password,
            reason,
            company_sudo.city or company_sudo.name,
        )
