"""The seal of an agency on a PDF: PAdES with the certificate of a PKCS#12 file.

The signature certifies the file: any change after it is no longer what was signed.
No time stamp is fetched and no address is asked; the day stands in the text.
"""

import datetime
import io

from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

FIELD = "Agency"


class SignatureError(ValueError):
    """The certificate file cannot be used; ``code`` is ``unreadable`` or ``expired``."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def check(certificate_file, password, now):
    """Return who the certificate was issued to.

    :param bytes certificate_file: a PKCS#12 file with key and certificate
    :param datetime.datetime now: naive UTC
    :raise SignatureError: when it does not open, holds no key or is out of its time
    """
    try:
        key, certificate, _others = pkcs12.load_key_and_certificates(
            certificate_file, (password or "").encode()
        )
    except ValueError as error:
        raise SignatureError("unreadable") from error
    if not key or not certificate:
        raise SignatureError("unreadable")
    moment = now.replace(tzinfo=datetime.timezone.utc)
    if not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
        raise SignatureError("expired")
    return certificate.subject.rfc4514_string()


def sign(pdf, certificate_file, password, reason, place):
    """Return ``pdf`` with a certifying signature appended.

    :param bytes pdf: the file to sign; its bytes stay as they are
    :raise SignatureError: when the certificate file cannot be used
    """
    signer = signers.SimpleSigner.load_pkcs12_data(
        certificate_file, other_certs=[], passphrase=(password or "").encode()
    )
    if signer is None:
        raise SignatureError("unreadable")
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        reason=reason,
        location=place,
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    return signers.sign_pdf(writer, metadata, signer=signer).getvalue()
