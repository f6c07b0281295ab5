import hashlib
import io

from docx import Document
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.qms_public_admin.tests.improvement.common_review import ReviewCommon
from odoo.addons.qms_public_admin.tests.rpc_case import RpcCase


def pdf_text(content):
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def docx_text(content):
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@tagged("post_install", "-at_install")
class TestReportsReview(ReviewCommon, HttpCase):
    """The pack of a management review: a draft before, the same bytes for good after."""

    def _get(self, user, path):
        self.authenticate(user.login, user.login)
        return self.url_open(path)

    def test_the_pack_is_made_once_and_keeps_its_bytes(self):
        review = self._approved()
        pack = review.pack_ids
        self.assertEqual(pack.content_sha256, review.qms_content_sha256)
        first = review._pdf_files()[0], review._docx_content()
        self.company.name = "Another name"
        review.sudo().qms_output_ids.owner_id.name = "Renamed"
        self.env.invalidate_all()
        again = review._pdf_files()[0], review._docx_content()
        self.assertEqual(first, again)
        self.assertEqual(hashlib.sha256(first[0]).hexdigest(), pack.pdf_sha256)
        self.assertEqual(hashlib.sha256(first[1]).hexdigest(), pack.docx_sha256)

    def test_a_draft_says_so(self):
        review = self._held()
        self.assertIn("DỰ THẢO", pdf_text(review._pdf_files()[0]))
        self.assertIn("DỰ THẢO", docx_text(review._docx_content()))
        self.assertFalse(review.pack_ids)
        approved = self._approved()
        self.assertNotIn("DỰ THẢO", pdf_text(approved._pdf_files()[0]))
        self.assertNotIn("DỰ THẢO", docx_text(approved._docx_content()))

    def test_the_pack_holds_agenda_figures_comments_decisions_people_and_sign_off(self):
        review = self._approved()
        for text in (pdf_text(review._pdf_files()[0]), docx_text(review._docx_content())):
            words = " ".join(text.split())
            for wanted in (
                review.reference,
                "CHƯƠNG TRÌNH",
                "Ổn định",
                "Rút ngắn bước thẩm định",
                self.user_guest.login,
                self.user_leader.login,
                "75",
                review.qms_content_sha256[:16],
            ):
                self.assertIn(wanted, words)

    def test_a_long_table_is_cut_between_its_rows_and_loses_none(self):
        """On the screen it is one table; a column of figures without any stays away."""
        rows = [{"cells": [f"clause {number}"], "opens": None} for number in range(45)]
        figure = {"label": "Late", "value": "2", "previous": "–", "interval": "", "judgement": ""}
        section = {
            "title": "Clauses",
            "is_empty": False,
            "figures": [{**figure, "note": "", "opens": None}],
            "charts": [],
            "table": {"head": ["Clause"], "rows": rows},
            "text": [],
        }
        values = {"content": {"sections": [section]}, "svg": str}
        for is_screen, tables in ((True, 2), (False, 4)):
            html = str(
                self.env["ir.qweb"]._render(
                    "qms_public_admin.review_input_content", {**values, "is_screen": is_screen}
                )
            )
            self.assertEqual(html.count("<table"), tables)
            self.assertEqual(html.count("clause "), 45)
            self.assertNotIn("95 %", html)

    def test_each_page_is_numbered(self):
        pages = PdfReader(io.BytesIO(self._held()._pdf_files()[0])).pages
        self.assertIn(f"1/{len(pages)}", pages[0].extract_text())

    def test_pictures_of_comments_are_fetched_from_nowhere(self):
        review = self._held()
        review.qms_input_ids[0].comment = "<p>a<img src='http://example.com/x.png'/></p>"
        html = review._pack_values()["inputs"][0]["comment"]["html"]
        self.assertNotIn("img", html)

    def test_a_pack_exchanged_in_the_database_is_not_handed_out(self):
        review = self._approved()
        self.env.flush_all()
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "qms.review.pack"), ("res_field", "=", "pdf"),
             ("res_id", "=", review.pack_ids.id)]
        )  # fmt: skip
        with self.assertRaises(UserError):
            attachment.write({"raw": b"x"})
        with self.assertRaises(UserError):
            attachment.unlink()
        self.env.cr.execute(
            "UPDATE qms_review_pack SET pdf_sha256 = repeat('0', 64) WHERE id = %s",
            [review.pack_ids.id],
        )
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            review._pdf_files()

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_who_reads_the_review_downloads_its_pack(self):
        review = self._approved(qms_is_confidential=True)
        self.env.flush_all()
        paths = (
            f"/qms/reviews/{review.id}.docx",
            f"/report/pdf/qms_reports.review_pack/{review.id}",
        )
        for path in paths:
            for user in (self.user_officer, self.user_leader, self.user_guest):
                self.assertEqual(self._get(user, path).status_code, 200, (path, user.login))
            for user in (self.user_colleague, self.user_officer_b, self.user_outsider):
                self.assertNotEqual(self._get(user, path).status_code, 200, (path, user.login))
        self.assertEqual(self._get(self.user_guest, paths[0]).content, review._kept_pack("docx"))


@tagged("post_install", "-at_install")
class TestReportsReviewPackRights(ReviewCommon, RpcCase):
    """Nobody writes a pack; who does not read the review does not read its pack."""

    def test_packs_are_facts(self):
        pack = self._approved().pack_ids
        self.env.flush_all()
        values = {"review_id": pack.review_id.id, "pdf_sha256": "x"}
        for user in (self.user_officer, self.user_leader):
            for assault in (
                (pack._name, "write", pack.ids, {"pdf_sha256": "x"}),
                (pack._name, "unlink", pack.ids),
                (pack._name, "create", [values]),
                (pack._name, "_make", [], 1),
                (pack._name, "read", pack.ids, ["pdf"]),
                ("mgmtsystem.review", "write", pack.review_id.ids, {"pack_ids": [[5]]}),
            ):
                self._refused(user, *assault, contexts=({}, {"_qms_fact": True}))

    def test_packs_are_read_as_their_reviews(self):
        pack = self._approved().pack_ids
        closed = self._approved(qms_is_confidential=True).pack_ids
        for user, found in (
            (self.user_colleague, pack),
            (self.user_guest, pack | closed),
            (self.user_leader, pack | closed),
            (self.user_officer_b, pack.browse()),
        ):
            packs = self._as(self.env["qms.review.pack"], user)
            self.assertEqual(
                packs.search([]).ids, (found.sorted("id", reverse=True)).ids, user.login
            )
        with self.assertRaises(AccessError):
            self._as(closed, self.user_colleague).read(["reference"])
