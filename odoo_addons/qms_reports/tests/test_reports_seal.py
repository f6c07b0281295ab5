import base64
import datetime
import io

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from odoo.addons.qms_public_admin.tests import common
from odoo.addons.qms_public_admin.tests.core.approval_common import ApprovalCommon

PASSWORD = "throw-away"


def throw_away_certificate(now, days=30):
    """Return a PKCS#12 file and the certificate in it, as DER."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Department of Finance, test")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=60))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, False, False, False, False),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    encryption = serialization.BestAvailableEncryption(PASSWORD.encode())
    packed = pkcs12.serialize_key_and_certificates(b"test", key, certificate, None, encryption)
    return packed, certificate.public_bytes(serialization.Encoding.DER)


@tagged("post_install", "-at_install")
class TestReportsSeal(ApprovalCommon, HttpCase):
    """An approved print can be handed out as a PDF/A that the agency has sealed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.packed, cls.der = throw_away_certificate(common.NOW)

    def setUp(self):
        super().setUp()
        self.company.write(
            {
                "qms_signing_file": base64.b64encode(self.packed),
                "qms_signing_password": PASSWORD,
            }
        )
        self._request()
        self._as(self.draft, self.user_head).action_approve()

    def _sealed(self):
        action = self._as(self.draft, self.user_officer).action_sealed_sheet()
        attachment_id = int(action["url"].split("/")[3].split("?")[0])
        return self.env["ir.attachment"].browse(attachment_id).raw

    def _validate(self, pdf):
        reader = PdfFileReader(io.BytesIO(pdf))
        context = ValidationContext(
            trust_roots=[asn1_x509.Certificate.load(self.der)],
            allow_fetching=False,
            moment=common.NOW.replace(tzinfo=datetime.timezone.utc),
        )
        return validate_pdf_signature(reader.embedded_signatures[0], context)

    def test_the_seal_is_valid_and_covers_the_file(self):
        self._as(self.draft, self.user_leader).action_approve()
        pdf = self._sealed()
        status = self._validate(pdf)
        self.assertTrue(status.intact and status.valid and status.trusted)
        self.assertEqual(status.coverage, SignatureCoverageLevel.ENTIRE_FILE)
        for part in (b"pdfaid:part>3<", b"/OutputIntents", b"/DocMDP"):
            self.assertIn(part, pdf)

    def test_a_changed_byte_breaks_the_seal(self):
        self._as(self.draft, self.user_leader).action_approve()
        pdf = bytearray(self._sealed())
        position = pdf.find(b"pdfaid:part>3<") + len(b"pdfaid:part>")
        pdf[position] = ord("1")
        self.assertFalse(self._validate(bytes(pdf)).intact)

    def test_only_what_is_approved_is_sealed_by_who_keeps_it(self):
        officer = self._as(self.draft, self.user_officer)
        self.assertFalse(officer.can_sign_print)
        with self.assertRaises(UserError):
            officer.action_sealed_sheet()
        self._as(self.draft, self.user_leader).action_approve()
        self.assertTrue(officer.can_sign_print)
        for user in (self.user_specialist, self.user_leader):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self._as(self.draft, user).action_sealed_sheet()
        self.company.write({"qms_signing_file": False})
        with self.assertRaisesRegex(UserError, "no certificate"):
            officer.action_sealed_sheet()

    def test_a_certificate_that_cannot_be_used_is_refused(self):
        expired, _der = throw_away_certificate(common.NOW, days=-1)
        for file, password in (
            (self.packed, "wrong"),
            (b"no certificate", PASSWORD),
            (expired, PASSWORD),
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.company.write(
                    {"qms_signing_file": base64.b64encode(file), "qms_signing_password": password}
                )

    def test_the_key_is_read_by_administrators_alone(self):
        for user in (self.user_officer, self.user_leader, self.user_outsider):
            for name in ("qms_signing_file", "qms_signing_password"):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    self.company.with_user(user).read([name])
                with self.assertRaises(AccessError):
                    self.company.with_user(user).write({name: False})
                with self.assertRaises(AccessError):
                    self.env["res.company"].with_user(user).search([(name, "!=", False)])
