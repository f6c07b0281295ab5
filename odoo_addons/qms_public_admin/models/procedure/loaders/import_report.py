"""What happened to the rows of one file, and why some were not loaded."""

from dataclasses import dataclass, field

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

ROW_MESSAGES = {
    "cell_empty": _lt("The cell “%(column)s” is empty."),
    "not_a_date": _lt("“%(value)s” in “%(column)s” is not a date."),
    "unknown_channel": _lt("“%(value)s” is not an intake channel."),
    "unknown_level": _lt("“%(value)s” is not a level of agencies."),
    "formula": _lt("A cell holds a formula; save the values and import again."),
    "repeated": _lt("The row repeats the key “%(key)s” of row %(row)s."),
    "unknown_procedure": _lt(
        "The procedure “%(code)s” is neither in the catalogue nor in this import."
    ),
    "unknown_process": _lt("The internal process “%(key)s” was not imported."),
    "unknown_parent": _lt("The superior agency “%(name)s” is not in the list."),
    "refused": _lt("The database refuses the row: %(reason)s"),
    "new_draft": _lt(
        "“%(version)s” is published and stays as it is; the changes went into a new draft."
    ),
    "row_gone": _lt("%(count)s parts imported earlier are no longer in the file."),
    "row_removed": _lt("%(count)s parts that are no longer in the file were removed."),
    "process_without_code": _lt(
        "The process “%(name)s” has no procedure code; it was filed by the name."
    ),
    "process_code_by_name": _lt(
        "The process “%(name)s” has no procedure code; the name belongs to %(code)s."
    ),
    "process_shared": _lt("One process serves several procedures: %(codes)s."),
    "not_in_catalogue": _lt(
        "%(count)s rows name procedures that are not in the catalogue; they are kept as "
        "printed and tied to the procedure once it exists."
    ),
}


@dataclass
class ImportReport:
    """Counts and messages of one file; ``add`` keeps the row that is meant."""

    env: object
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    messages: list = field(default_factory=list)
    failed_rows: set = field(default_factory=set)

    def add(self, level, message, row=None, /, **params):
        """Note a message about a row (``catalogue.Row``) or about the whole file."""
        number = row.number if row else 0
        if level == "error" and row:
            self.failed_rows.add(number)
        template = self.env._(ROW_MESSAGES[message])
        text = template % params
        self.messages.append({"level": level, "code": message, "row": number, "message": text})

    def error(self, row, error):
        """Note a ``catalogue.RowError`` raised while reading a row."""
        self.add("error", error.code, row, **error.params)
