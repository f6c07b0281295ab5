from odoo.tests import HttpCase, tagged, warmup

from ...models.mixins.bulk_rows import insert_rows
from .common_document import DocumentCommon

PAGES, EACH = 1000, 5


@tagged("post_install", "-at_install")
class TestDocumentPerformance(DocumentCommon, HttpCase):
    """1,000 documents with 5,000 revisions: what opens often stays cheap."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.example = cls._effective_document()
        cls._fill()

    @classmethod
    def _fill(cls):
        """Write the rows past the verbs: what is measured is reading."""
        pages = insert_rows(
            cls.env["document.page"].sudo(),
            [
                {
                    "name": f"Quy trình số {number}",
                    "type": "content",
                    "active": True,
                    "company_id": cls.company.id,
                    "qms_kind_id": cls.kind.id,
                    "qms_code": f"P-{number:04d}",
                    "qms_status": "withdrawn",
                    "qms_confidentiality": "internal",
                    "qms_is_for_all": number % 10 == 0,
                    "history_head": False,
                    "content_date": False,
                    "content_uid": False,
                }
                for number in range(PAGES)
            ],
        )
        revisions = insert_rows(
            cls.env["document.page.history"].sudo(),
            [
                {
                    "page_id": page.id,
                    "company_id": cls.company.id,
                    "title": f"Quy trình {page.id}",
                    "content": f"<p>Nội dung thứ {number} của {page.id}</p>",
                    "plain_text": f"Nội dung thứ {number} của {page.id}",
                    "qms_state": "effective" if number == EACH - 1 else "obsolete",
                    "issue_no": 1,
                    "revision_no": number,
                    "issued_on": "2026-01-01",
                    "effective_from": "2026-01-01",
                    "content_sha256": "0" * 64,
                    "is_imported": True,
                }
                for page in pages
                for number in range(EACH)
            ],
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            """UPDATE document_page page
                  SET qms_effective_id = row.id, qms_status = 'effective', history_head = row.id
                 FROM document_page_history row
                WHERE row.page_id = page.id AND row.qms_state = 'effective' AND row.id = ANY(%s)""",
            [revisions.ids],
        )
        cls.env.invalidate_all()
        cls.env.cr.execute("ANALYZE document_page, document_page_history")

    def _master(self, user, limit=80, domain=()):
        pages = self._as(self.env["document.page"], user)
        names = ("qms_code", "name", "qms_issue_no", "qms_revision_no", "qms_effective_from")
        names += ("qms_next_review", "qms_review_state", "qms_status")
        return pages.web_search_read(
            [("qms_kind_id", "!=", False), *domain],
            {**{name: {} for name in names}, "qms_kind_id": {"fields": {"display_name": {}}}},
            limit=limit,
            order="qms_code",
        )

    @warmup
    def test_the_master_list_costs_the_same_for_ten_and_for_eighty_rows(self):
        self._master(self.user_specialist)
        counts = []
        for limit in (10, 80):
            self.env.invalidate_all()
            with self.assertQueryCount(12):
                start = self.env.cr.sql_log_count
                self._master(self.user_specialist, limit)
                counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[0], counts[1])

    @warmup
    def test_search_and_my_documents(self):
        for domain in ([("qms_search", "ilike", "noi dung thu 4")], [("qms_is_mine", "=", True)]):
            self.env.invalidate_all()
            with self.subTest(domain=domain), self.assertQueryCount(22):
                found = self._master(self.user_specialist, 80, domain)
            self.assertTrue(found["records"])

    def test_the_reader_page(self):
        self.authenticate(self.user_specialist.login, self.user_specialist.login)
        url = f"/qms/documents/{self.example.id}"
        self.url_open(url)
        self.env.invalidate_all()
        with self.assertQueryCount(60):
            self.assertEqual(self.url_open(url).status_code, 200)

    def test_the_card_of_a_document_with_many_revisions(self):
        page = self._as(self.example, self.user_officer)
        self.env.invalidate_all()
        with self.assertQueryCount(30):
            page.web_read(
                {
                    "display_name": {},
                    "qms_open_revision_id": {},
                    "can_revise": {},
                    "qms_revision_ids": {
                        "fields": {"issue_no": {}, "qms_state": {}, "effective_from": {}}
                    },
                }
            )
