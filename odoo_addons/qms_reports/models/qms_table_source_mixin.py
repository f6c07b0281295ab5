from odoo import api, models

from ..tools.paging import paginate, row_height


class QmsTableSourceMixin(models.AbstractModel):
    """Something that is printed as tables: the same rows on paper and in a workbook.

    A model says in :meth:`_table_sections` what its tables hold. Papers are Vietnamese in
    every language; what the reader may not read is not on them.
    """

    _name = "qms.table.source.mixin"
    _description = "Source of printed tables"

    # Lines of table on a landscape page, characters of a line in 1 % of the width.
    _table_lines = {"first": 36, "others": 44}
    _table_characters = 1.45

    # === HOOKS === #

    def _table_company(self):
        """Return the agency in whose name it is printed."""
        self.ensure_one()
        return self.company_id

    def _table_sections(self):
        """Return the tables: dicts with title, subtitles, heads, rows, foot.

        ``heads`` are ``(text, share of the width in per cent)``; ``rows`` lists of texts;
        ``foot`` lines of text below the table.
        """
        raise NotImplementedError

    def _table_signers(self):
        """Return ``[(role, name)]`` of the signature block, the last one right."""
        return []

    # === BUSINESS METHODS === #

    def _table_pages(self, section):
        """Cut the rows of a table into pages."""
        widths = [max(int(share * self._table_characters), 3) for _h, share in section["heads"]]

        def height(row):
            return row_height(zip(row, widths, strict=True))

        return paginate(section["rows"], height, **self._table_lines)

    @api.model
    def _on_paper(self, records):
        """Return the records in the language of papers."""
        return records.with_context(lang=self.env["res.lang"]._qms_of_papers())

    @api.model
    def _day(self, value):
        return value.strftime("%d/%m/%Y") if value else ""

    @api.model
    def _number(self, value):
        """Return a number with the decimal comma of the papers."""
        return f"{value:g}".replace(".", ",")

    @api.model
    def _label(self, record, name):
        """Return the word of a selection in the language of papers."""
        local = self._on_paper(record)
        words = dict(local._fields[name]._description_selection(local.env))
        return words.get(record[name], "") or ""

    @api.model
    def _committee_signers(self, company):
        """Return who draws up and who signs: the ISO secretary, the head of the committee."""
        members = company._qms_committee_members()
        secretary = members.filtered(lambda row: row.role == "secretary" or row.is_secretary)[:1]
        head = members.filtered(lambda row: row.role == "head")[:1]
        return [("Người lập", secretary.name or ""), ("Trưởng Ban Chỉ đạo", head.name or "")]
