from odoo import models


class QmsCommittee(models.Model):
    """The members of the committee on paper, as an annex of the decision."""

    _name = "qms.committee"
    _inherit = ["qms.committee", "qms.table.source.mixin"]

    # === BUSINESS METHODS === #

    def _table_sections(self):
        self.ensure_one()
        committee = self._on_paper(self)
        day = self._day(committee.decision_date)
        decision = f"Kèm theo Quyết định số {committee.decision_no or '……'} ngày {day or '……'}"
        term = f"Nhiệm kỳ: từ {self._day(committee.date_from)}"
        end = committee.closed_on or committee.date_to
        return [
            {
                "sheet": "Ban Chỉ đạo",
                "title": "DANH SÁCH BAN CHỈ ĐẠO ISO",
                "subtitles": [decision, term + (f" đến {self._day(end)}" if end else "")],
                "heads": [
                    ("STT", 5), ("Họ và tên", 21), ("Chức vụ", 22),
                    ("Vai trò trong Ban Chỉ đạo", 19), ("Nhiệm vụ", 33),
                ],
                "rows": [
                    [
                        str(number),
                        member.name,
                        member.title or "",
                        member._role_text(),
                        member.duties or "",
                    ]
                    for number, member in enumerate(committee.member_ids, 1)
                ],
                "foot": [f"Danh sách gồm {len(committee.member_ids)} người."],
            }
        ]  # fmt: skip

    def _table_signers(self):
        return [("", ""), (self.signer_title or "Thủ trưởng cơ quan", self.signer_name or "")]
