import re

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

from ...tools.masking import masked
from ...tools.vietnamese import clean, plain
from .qms_dossier_verbs import GROUP_CLERK

# Suggestions shown, and earlier dossiers read to find as many different holders.
SHOWN = 8
READ = 40
# The index of names knows nothing shorter.
SHORTEST = 3

FILLED = (
    "partner_id",
    "holder_name",
    "holder_kind_id",
    "holder_identity",
    "holder_phone",
    "holder_email",
    "holder_address",
)


class QmsDossier(models.Model):
    """The applicant at the counter: new, or known from a contact or an earlier dossier.

    Only clerks look applicants up, with their own rights, among the contacts they
    may read and the dossiers of the agencies they work in. What is taken over is a
    snapshot: neither contact nor earlier dossier is tied to what follows. Numbers are
    masked until an applicant is chosen; choosing one from an earlier dossier is kept in
    ``qms.disclosure``.
    """

    _inherit = "qms.dossier"

    applicant_ref = fields.Char(
        string="Known applicant",
        store=False,
        help="The contact or the earlier dossier that fills in the applicant.",
    )

    # === ONCHANGE METHODS === #

    @api.onchange("applicant_ref")
    def _onchange_applicant_ref(self):
        source = self._known_source()
        if source:
            source._disclose_applicant()
            self.update(source._applicant_values())

    @api.onchange("holder_name")
    def _onchange_holder_name(self):
        """Another name is another person: what the known one brought along goes."""
        source = self._known_source()
        known = source and source._applicant_values()
        if known and plain(self.holder_name) != plain(known["holder_name"]):
            self.applicant_ref = False
            for name in FILLED:
                if name != "holder_name" and self[name] == known[name]:
                    self[name] = False

    # === BUSINESS METHODS - SEARCH === #

    @api.model
    @api.readonly
    def search_applicants(self, term):
        """Find known applicants by name, telephone, identity number or dossier code.

        :param str term: as typed; accents and case do not matter, words may be left out
        :return: list of ``{"ref", "name", "hint"}``, contacts first, then the holders of
            earlier dossiers, the latest first; numbers in the hints are masked
        """
        self._check_counter()
        text = clean(term)
        if len(text) < SHORTEST:
            return []
        found = {}
        for ref, record in self._applicant_records(text):
            values = record._applicant_values()
            key = plain(values["holder_name"]), _digits(values["holder_phone"])
            found.setdefault(key, {"ref": ref, **record._applicant_label(values)})
        return list(found.values())[:SHOWN]

    def _applicant_records(self, text):
        contacts = self.env["res.partner"].search(self._contact_domain(text), limit=SHOWN)
        yield from ((f"contact,{contact.id}", contact) for contact in contacts)
        dossiers = self.browse()
        for domain in self._holder_domains(text):
            dossiers |= self.search(domain, limit=READ)
        yield from ((f"dossier,{dossier.id}", dossier) for dossier in dossiers)

    @api.model
    def _check_counter(self):
        if not self.env.user.has_group(GROUP_CLERK):
            raise AccessError(self.env._("Applicants are looked up at the counter only."))

    @api.model
    def _contact_domain(self, text):
        number = _number(text)
        if number:
            return _begins("phone", number) | Domain("vat", "=like", f"{number}%")
        return _has_words("name", text)

    @api.model
    def _holder_domains(self, text):
        """One domain for each index that can answer: an OR would be read row by row."""
        own = Domain("company_id", "in", self.env.companies.ids)
        number = _number(text)
        if number:
            yield own & _begins("holder_phone", number)
            yield own & _begins("holder_identity", number)
        if re.search(r"\d", text):
            yield own & Domain("code", "ilike", escape_psql(text))
        if not number:
            yield own & _has_words("holder_name", text)

    def _applicant_values(self):
        """Return what the holder of this dossier brings to the next one."""
        self.ensure_one()
        return {name: self[name] for name in FILLED}

    def _applicant_label(self, values):
        return {
            "name": values["holder_name"],
            "hint": applicant_hint(values, self.code or self.external_code),
        }

    def _disclose_applicant(self):
        """The numbers of an earlier dossier are shown by being taken over: recorded."""
        self._disclose("applicant")

    def _known_source(self):
        """Return the contact or earlier dossier chosen, when the user may see it."""
        kind, _comma, number = (self.applicant_ref or "").partition(",")
        model = {"contact": "res.partner", "dossier": "qms.dossier"}.get(kind)
        if not model or not number.isdigit():
            return None
        self._check_counter()
        source = self.env[model].browse(int(number)).exists()
        source.check_access("read")
        if kind == "dossier" and source.company_id - self.env.companies:
            raise AccessError(self.env._("Holders are taken over from own dossiers only."))
        return source


def _digits(text):
    digits = re.sub(r"\D", "", text or "")
    return re.sub(r"^84(?=\d{9}$)", "0", digits)


def _number(text):
    """Return the digits of a telephone or identity number as far as it is typed."""
    if not re.fullmatch(r"\+?[\d\s.()-]+", text):
        return ""
    local = re.sub(r"^\+84\s*", "0", text)
    return re.sub(r"\D", "", local)


def _begins(field, digits):
    """Domain: the number in ``field`` begins with ``digits``, however it is written."""
    return Domain.custom(
        to_sql=lambda model, alias, query: SQL(
            "qms_digits(%s) LIKE %s", model._field_to_sql(alias, field, query), f"{digits}%"
        )
    )


def _has_words(field, text):
    """Domain: ``field`` has all the words, or their beginnings, in any order."""
    long_words = [word for word in text.split() if len(word) >= SHORTEST]
    return Domain.AND(_contains(field, word) for word in long_words or [text])


def _contains(field, text):
    return Domain.custom(
        to_sql=lambda model, alias, query: SQL(
            "qms_plain(%s) LIKE qms_plain(%s)",
            model._field_to_sql(alias, field, query),
            f"%{escape_psql(text)}%",
        )
    )


def applicant_hint(values, origin):
    phone = values["holder_phone"]
    parts = (phone and masked(phone), values["holder_address"], origin)
    return " · ".join(part for part in parts if part)
