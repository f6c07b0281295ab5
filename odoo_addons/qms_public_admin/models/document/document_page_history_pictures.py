import base64
import binascii

from odoo import models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tools.mimetypes import guess_mimetype

from ...tools import document_pictures

# What browsers show and print without running anything in it.
PICTURE_KINDS = ("image/png", "image/jpeg", "image/gif", "image/webp")


class DocumentPageHistory(models.Model):
    """A revision holds its pictures and linked files itself from its submission on.

    They are copied to attachments of the revision, which the guard of ``ir.attachment``
    keeps, and their checksums are part of the fingerprint: nobody exchanges behind an
    approved text what it shows.
    """

    _inherit = "document.page.history"

    # === BUSINESS METHODS === #

    def _hold_pictures(self):
        """Copy what the drafts show to themselves; refuse what cannot be held.

        Only what the current user may read is taken.

        :raise UserError: naming each source from elsewhere
        """
        for revision in self.filtered("content"):
            sources = document_pictures.Sources(revision.content)
            revision._raise_errors(map(revision._source_error, sources.strangers()))
            revision._replace_sources(sources)

    def _replace_sources(self, sources):
        self.ensure_one()
        held = {}

        def new_url(url, is_shown):
            if not url or not (is_shown or self._local_file(url)):
                return url  # nothing is loaded, not by a link elsewhere either
            key = (self._local_file(url) or url, is_shown)
            if key not in held:
                held[key] = self._held(url, is_shown)
            path, query = ("image", "") if is_shown else ("content", "?download=true")
            return f"/web/{path}/{held[key].id}{query}"

        before = sources.html()
        sources.replace(new_url)
        if sources.html() != before:
            self._lifecycle_write({"content": sources.html()})

    def _held(self, url, is_shown):
        """Return the attachment of this revision for what stands at an address."""
        file = self._local_file(url)
        found = self._readable_attachment(file) if file else self.env["ir.attachment"]
        raw = self._source_bytes(file, found) if file else document_pictures.embedded(url)
        kind = guess_mimetype(raw or b"", default="")
        if not raw or (is_shown and kind not in PICTURE_KINDS):
            raise UserError(self._source_error(url))
        found_sudo = found.sudo()
        if (found_sudo.res_model, found_sudo.res_id) == (self._name, self.id):
            return found_sudo
        vals = {
            "name": found_sudo.name or (file.field if file else "picture"),
            "raw": raw,
            # Never guessed for what a link leads to: a browser would run some of it.
            "mimetype": kind if is_shown else found_sudo.mimetype or "application/octet-stream",
            "res_model": self._name,
            "res_id": self.id,
            "company_id": self.sudo().company_id.id,
        }
        attachments = self.env["ir.attachment"].sudo().with_context(image_no_postprocess=True)
        return attachments.create([vals])

    def _readable_attachment(self, file):
        """Return the attachment itself, or an empty set for a field of another record."""
        attachments = self.env["ir.attachment"]
        return attachments.browse(file.id) if file.model == attachments._name else attachments

    def _source_bytes(self, file, attachment):
        """Return the bytes of a file of this database as the current user reads them."""
        record = attachment or self.env.get(file.model, attachment).browse(file.id)
        field = record._fields.get(file.field)
        if field is None or field.type not in ("binary", "image"):
            return None
        try:
            record.check_access("read")
            if attachment:
                return attachment.raw
            return base64.b64decode(record.with_context(bin_size=False)[file.field] or b"")
        except (AccessError, MissingError, binascii.Error, ValueError):
            return None

    def _local_file(self, url):
        file = document_pictures.local_file(url, self.get_base_url())
        return file if file and file.model in self.env else None

    def _source_error(self, source):
        return self.env._(
            "“%(name)s” shows something that is not kept with it: %(address)s\n"
            "Upload the picture into the text (PNG, JPEG, GIF or WebP), or take it out.",
            name=self.display_name,
            address=source[:200],
        )

    def _picture_checksums(self):
        """Return ``{attachment id: checksum}`` of what the text shows and links to."""
        self.ensure_one()
        ids = document_pictures.local_ids(self.sudo().content)
        attachments = self.env["ir.attachment"].sudo().browse(sorted(ids)).exists()
        return {row.id: row.checksum for row in attachments}
