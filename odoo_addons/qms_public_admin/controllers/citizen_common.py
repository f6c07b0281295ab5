"""What the pages of citizens share: headers, uploads, files, messages of a dossier."""

from werkzeug.exceptions import NotFound

from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from ..kernel_texts import kernel_text
from ..tools import upload

# Pages of one person: not kept, not listed, not framed, not told to other sites.
HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
MESSAGES_AN_HOUR = 6
MESSAGES_AN_HOUR_AND_CLIENT = 20


class TooOften(Exception):
    """Somebody has written too often within the hour."""


def page(template, values, status=200):
    """Render a page of one person."""
    response = request.render(template, values, status=status)
    response.headers.update(HEADERS)
    return response


def client():
    """Return what stands for the client's address in the counts of attempts."""
    attempts = request.env["qms.public.attempt"]
    return attempts._network(request.httprequest.remote_addr)


def parameter(name, default):
    """Return a positive whole number of the system parameters."""
    value = request.env["ir.config_parameter"].sudo().get_param(f"qms_public_admin.{name}")
    return int(value) if value and value.isdigit() and int(value) else default


def typed(text, limit=None):
    """Return what was typed into a line: no control characters, no blanks around.

    Stripped once more after the cut, so that a text has one form only and is counted as
    one, whatever was hung on behind it.
    """
    text = "".join(" " if char.isspace() else char for char in str(text or ""))
    return "".join(filter(str.isprintable, text)).strip()[:limit].strip()


def uploaded(name="files"):
    """Return ``(name, type, content)`` of the files sent along.

    :raise UserError: in the words for the sender, when one of them is not taken
    """
    given = request.httprequest.files.getlist(name)[: upload.MAX_FILES + 1]
    files = [(file.filename, file.read(upload.MAX_BYTES + 1)) for file in given]
    try:
        return upload.checked_all(files)
    except upload.UploadError as error:
        raise UserError(kernel_text(request.env, error)) from error


def take_turn(purpose, text):
    """Count one message or request against the limits of the hour.

    :raise TooOften:
    """
    attempts = request.env["qms.public.attempt"]
    allowed = attempts._take(f"{purpose} client", client(), MESSAGES_AN_HOUR_AND_CLIENT, 60)
    allowed &= attempts._take(purpose, text, MESSAGES_AN_HOUR, 60)
    if not allowed:
        raise TooOften


def receive_message(dossier_sudo, origin, body):
    """Take a message with its files; return what stands in the way, '' when nothing does."""
    try:
        files = uploaded()
        body = (body or "").replace("\0", "")
        if not body.strip():
            return request.env._("Write something first.")
        take_turn("message", str(dossier_sudo.id))
        dossier_sudo._receive_message(origin, body, files)
    except UserError as error:
        return str(error)
    except TooOften:
        return request.env._(
            "You have written several times within the hour. Please wait a while, or call "
            "the agency."
        )
    return ""


def file_response(dossier_sudo, attachment_id):
    """Return a file of the dossier for download, if it is one for the applicant."""
    attachment_sudo = dossier_sudo._applicant_files().filtered(lambda row: row.id == attachment_id)
    if not attachment_sudo:
        raise NotFound
    stream = request.env["ir.binary"]._get_stream_from(attachment_sudo.sudo())
    response = stream.get_response(as_attachment=True)
    response.headers.update(HEADERS)
    return response


def paper_response(dossier_sudo, paper_id):
    """Return a paper issued to the applicant for download."""
    paper = dossier_sudo._applicant_paper(paper_id)
    if not paper:
        raise NotFound
    name, mimetype, content = paper
    return request.make_response(
        content,
        [
            *HEADERS.items(),
            ("Content-Type", mimetype),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
        ],
    )


# === LANGUAGE === #


def use_language(languages):
    """Return the path of the page in use, and use its language.

    :param dict languages: ``{path: code of its language}``
    """
    path = request.httprequest.path
    start = next(begin for begin in languages if f"{path}/".startswith(f"{begin}/"))
    code = request.env["ir.http"].get_nearest_lang(languages[start])
    if code and code != request.env.context.get("lang"):
        request.update_context(lang=code)
        request.lang = request.env["res.lang"]._get_data(code=code)
    return start


# === CHOICES OF A FORM === #


def whole_number(text):
    """Return a number typed or forged into a form, 0 when it is none."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def chosen(offered, value):
    """Return the record of ``offered`` that a form names, or none."""
    number = whole_number(value)
    return offered.filtered(lambda row: row.id == number)


def agencies():
    """Return the companies that are agencies, elevated."""
    companies_sudo = request.env["res.company"].sudo()
    return companies_sudo.search([("qms_agency_id", "!=", False)], order="name")


def procedures(company_sudo):
    """Return the published procedures an agency offers, elevated."""
    return (
        request.env["qms.procedure"]
        .sudo()
        .search(
            [("state", "=", "published"), ("company_id", "in", [False, company_sudo.id])],
            order="name",
        )
    )


def attach(ticket_sudo, files):
    """Put checked files on a ticket."""
    request.env["ir.attachment"].sudo().create(
        [
            {
                "name": name,
                "mimetype": mimetype,
                "raw": content,
                "res_model": "helpdesk.ticket",
                "res_id": ticket_sudo.id,
                "company_id": ticket_sudo.company_id.id,
                "public": False,
            }
            for name, mimetype, content in files
        ]
    )
