"""Files of the procedure catalogue: which file is it, and what do its rows say?

Nine kinds of table are known by their header: procedures, their components and
channel terms, internal processes with their totals and sections, components that
data replace, decisions that publish procedures, and agencies. Rows are turned into
plain values; what only the database knows (ids) is left to the caller.

>>> detect(["code", "seq", "channel", "time_text"])
'channel'
>>> detect(["Mã TTHC", "Tên TTHC", "Lĩnh vực"])
'procedure'
>>> detect(["a", "b"]) is None
True
"""

import datetime
import hashlib
import json
import re
from dataclasses import dataclass

from . import archive, time_text
from .vietnamese import clean, fold

# In the order of loading: what others refer to comes first.
REQUIRED_COLUMNS = {
    "agency": {"agency_key", "name", "level"},
    "procedure": {"code", "name", "field"},
    "component": {"code", "document_name"},
    "channel": {"code", "channel", "time_text"},
    "process": {"process_key", "seq", "step_content", "time_text"},
    "process_total": {"process_key", "printed_totals"},
    "section": {"process_code", "section", "kind", "text"},
    "replacement": {"code", "component", "database"},
    "publication": {"code", "name", "decision"},
}
KINDS = tuple(REQUIRED_COLUMNS)
# Tried in this order: the headers of the first contain those of the last.
_DETECTION_ORDER = (
    "process_total", "process", "section", "replacement", "publication",
    "channel", "component", "agency", "procedure",
)  # fmt: skip
# Column heads of workbooks written by hand.
_ALIASES = {
    fold(vietnamese): name
    for vietnamese, name in (
        ("Mã TTHC", "code"),
        ("Mã thủ tục", "code"),
        ("Mã thủ tục hành chính", "code"),
        ("Tên TTHC", "name"),
        ("Tên thủ tục", "name"),
        ("Tên thủ tục hành chính", "name"),
        ("Lĩnh vực", "field"),
        ("Cơ quan thực hiện", "executing_agency"),
        ("Cơ quan có thẩm quyền", "competent_agency"),
        ("Cơ quan phối hợp", "coordinating_agency"),
        ("Cấp thực hiện", "level"),
        ("Loại thủ tục", "kind"),
        ("Đối tượng thực hiện", "subjects"),
        ("Quyết định công bố", "publication_decision"),
        ("Kết quả thực hiện", "result"),
        ("Phí, lệ phí", "fee"),
        ("Căn cứ pháp lý", "legal_basis"),
        ("Yêu cầu, điều kiện", "conditions"),
        ("STT", "seq"),
        ("Tên giấy tờ", "document_name"),
        ("Thành phần hồ sơ", "document_name"),
        ("Trường hợp", "case"),
        ("Bản chính", "originals"),
        ("Bản sao", "copies"),
        ("Mẫu đơn, tờ khai", "form"),
        ("Hình thức nộp", "channel"),
        ("Thời hạn giải quyết", "time_text"),
        ("Mô tả", "description"),
        ("Ghi chú", "note"),
    )
}

CHANNELS = {
    "in_person": "direct",
    "direct": "direct",
    "trực tiếp": "direct",
    "online": "online",
    "trực tuyến": "online",
    "post": "post",
    "dịch vụ bưu chính": "post",
    "bưu chính": "post",
}
ONLINE_LEVELS = {"toàn trình": "full", "full": "full", "một phần": "partial", "partial": "partial"}
LEVEL_CODES = {
    "cấp bộ": "ministry",
    "cấp tỉnh": "province",
    "cấp huyện": "district",
    "cấp xã": "commune",
    "cơ quan khác": "other",
}
PUBLICATION_ACTIONS = {
    "new": "new",
    "amended": "amended",
    "replaced": "replaced",
    "abolished": "abolished",
    "standardised": "standardised",
    "delegated": "delegated",
    "any-place filing list": "anyplace",
    "online-service list": "online",
}
# Words of the published list of applicants, tried in this order.
_APPLICANTS = (
    (re.compile(r"cán bộ, công chức, viên chức"), "other"),
    (re.compile(r"tổ chức \(không bao gồm doanh nghiệp, htx\)"), "organisation"),
    (re.compile(r"doanh nghiệp có vốn đầu tư nước ngoài"), "business"),
    (re.compile(r"doanh nghiệp|hợp tác xã|hộ kinh doanh|thương nhân"), "business"),
    (re.compile(r"cơ quan nhà nước|cơ quan hành chính"), "state_agency"),
    (re.compile(r"tổ chức"), "organisation"),
    (re.compile(r"công dân|người việt nam|người nước ngoài|cá nhân|hộ gia đình"), "citizen"),
)
AGENCY_LEVELS = {
    "province": ("province", "people_committee"),
    "department": ("province", "department"),
    "district": ("district", "people_committee"),
    "commune": ("commune", "people_committee"),
    "unit": ("", "unit"),
    "central agency in the province": ("ministry", "other"),
    "ministry": ("ministry", "department"),
    "other": ("other", "other"),
}
# Bound to apply the standard: provinces, districts and their specialised agencies
# (Decision 19/2014/QĐ-TTg, art. 2.1).
_MANDATORY_LEVELS = frozenset({"province", "district", "department", "ministry"})

ARCHIVE_LIMITS = archive.Limits(members=100, size=256 * archive.MIB)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})|(\d{1,2})[/-](\d{1,2})[/-](\d{4})")


class RowError(ValueError):
    """A row that cannot be loaded, with a code for the message."""

    def __init__(self, code, /, **params):
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Row:
    """A row of a file: its number as a spreadsheet shows it, and its cells by name."""

    number: int
    cells: dict

    def text(self, name):
        """Return a cell as text, '' when the column is missing."""
        value = self.cells.get(name)
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value).strip()

    def required(self, name):
        text = self.text(name)
        if not text:
            raise RowError("cell_empty", column=name)
        return text

    @property
    def sequence(self):
        """The place printed in the row; where none can be read, that in the file."""
        text = self.text("seq")
        return int(text) if text.isdecimal() and len(text) < 7 else self.number

    def date(self, name):
        """Return a cell as a date or None; a date out of reason is an error."""
        value = self.cells.get(name)
        if isinstance(value, datetime.datetime):
            return value.date()
        if isinstance(value, datetime.date):
            return value
        text = self.text(name)
        return parse_date(text, name) if text else None

    @property
    def fingerprint(self):
        """A hash of what the row says, to see whether a newer file says something else."""
        said = {name: self.text(name) for name in self.cells if self.text(name)}
        dumped = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(dumped.encode()).hexdigest()


def parse_date(text, column=""):
    match = _DATE.match(text)
    try:
        if not match:
            raise ValueError(text)
        if match[1]:
            date = datetime.date(int(match[1]), int(match[2]), int(match[3]))
        else:
            date = datetime.date(int(match[6]), int(match[5]), int(match[4]))
        if not 1945 <= date.year <= 2100:
            raise ValueError(text)
    except ValueError:
        raise RowError("not_a_date", column=column, value=text) from None
    return date


# === FILES === #


def column_name(head):
    """Return the column a head stands for: its own name or that of an alias."""
    head = clean(str(head or ""))
    return _ALIASES.get(fold(head), head.lower().replace(" ", "_"))


def detect(header):
    """Return the kind of table a header belongs to, None when it is unknown."""
    columns = {column_name(head) for head in header}
    for kind in _DETECTION_ORDER:
        if REQUIRED_COLUMNS[kind] <= columns:
            return kind
    return None


def rows(table):
    """Return the rows of a table (``tabular.Table``) with known column names."""
    names = [column_name(head) for head in table.header]
    return [
        Row(number, {name: value for name, value in zip(names, cells, strict=False) if name})
        for number, cells in zip(table.numbers, table.rows, strict=True)
    ]


def unpack(content, name):
    """Return ``[(file name, bytes)]`` of an upload: the tables of a ZIP, or itself.

    :raise archive.ArchiveError: when the archive is damaged or costs too much to open
    """
    found = archive.unpack(content, name, ARCHIVE_LIMITS, (".csv", ".tsv", ".xlsx"))
    return [(path.rsplit("/", 1)[-1], table) for path, table in found]


# === ROWS === #


def procedure_key(code, name):
    """Return the key of a procedure: its code, or its name when it has none."""
    return code or f"name:{fold(name)}"


def procedure_values(row):
    """Return the values of a procedure row; names stand for links."""
    subjects = row.text("subjects")
    return {
        "code": row.text("code") or False,
        "name": row.required("name"),
        "ministry": row.text("ministry"),
        "kind": row.text("kind"),
        "executing_agency": row.text("executing_agency"),
        "competent_agency": row.text("competent_agency"),
        "coordinating_agency": row.text("coordinating_agency"),
        "subjects": subjects,
        "online_level": ONLINE_LEVELS.get(row.text("online_level").lower(), "none"),
        "online_source": row.text("online_level_source"),
        "has_online_channel": row.text("online_channel") == "yes",
        "legal_basis": row.text("legal_basis"),
        "legal_numbers": row.text("legal_numbers"),
        "requirement_text": row.text("conditions"),
        "is_requirement_cut": row.text("conditions_cut") == "yes",
        "result_type": row.text("result"),
        "result_codes": row.text("result_codes"),
        "fee_text": row.text("fee"),
        "time_text": row.text("deadline_text"),
        "publication_decision": row.text("publication_decision"),
        "source_url": row.text("source_url"),
        "source": row.text("source"),
    }


def procedure_term(row, hours_per_day):
    """Return the time limit that all channels of a procedure row share, or None."""
    if row.text("deadline_same_for_all_channels") != "yes":
        return None
    text, unit = row.text("deadline_value"), row.text("deadline_unit")
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return time_text.from_columns(value, unit, row.text("deadline_text"), hours_per_day)


def level_codes(text):
    """Return the codes of the levels named in a text such as "Cấp tỉnh, Cấp xã"."""
    names = [clean(part).lower() for part in re.split(r"[,;]", text or "")]
    return [LEVEL_CODES[name] for name in names if name in LEVEL_CODES]


def applicant_codes(text):
    """Return the kinds of applicants named in the published text."""
    rest, codes = clean(text).lower(), []
    for pattern, code in _APPLICANTS:
        if pattern.search(rest):
            codes.append(code)
            rest = pattern.sub(" ", rest)
    return sorted(set(codes))


def _quantity(row, column):
    """Return the number of copies, and the text when it says more than a number."""
    text = row.text(column)
    match = re.match(r"\d{1,4}(?!\d)", text)
    number = int(match[0]) if match else 0
    return number, "" if text in ("", match and match[0]) else f"{column}: {text}"


def component_values(row):
    name = row.text("document_name")
    originals, original_note = _quantity(row, "originals")
    copies, copy_note = _quantity(row, "copies")
    notes = [row.text("note"), original_note, copy_note]
    is_header = not originals and not copies and name.endswith(":")
    is_conditional = row.text("conditional_wording") == "yes"
    return {
        "name": name,
        "heading": row.text("case"),
        "form_name": row.text("form"),
        "original_qty": originals,
        "copy_qty": copies,
        "is_header": is_header,
        "is_conditional": is_conditional,
        "is_required": not is_header and not is_conditional,
        "note": "\n".join(note for note in notes if note),
        "sequence": row.sequence,
    }


def channel_values(row):
    name = row.required("channel")
    channel = CHANNELS.get(clean(name).lower())
    if not channel:
        raise RowError("unknown_channel", value=name)
    return {
        "intake_channel": channel,
        "time_text": row.text("time_text"),
        "fee_text": row.text("fee"),
        "description": row.text("description"),
        "sequence": row.sequence,
    }


def process_codes(row):
    """Return the national codes a process is for; one process may serve several."""
    return [code for code in re.split(r"[\s;,]+", row.text("tthc_code")) if code]


def process_names(row, count):
    """Return a name for each of several procedures of one process.

    "1.1. Cấp giấy A 1.2. Cấp lại giấy A" names two; otherwise all have the same.
    """
    name = row.text("tthc_name")
    parts = [clean(part) for part in re.split(r"(?:^|\s)\d+\.\d+\.?\s+", name) if clean(part)]
    return parts if len(parts) == count else [name] * count


def step_time(row, hours_per_day):
    """Read the time of a step; the column head gives the unit of a bare number."""
    unit = row.text("time_unit")
    return time_text.parse(
        row.text("time_text"), hours_per_day, unit if unit in ("working_day", "day") else ""
    )


def agency_values(row):
    """Return the values of an agency row; codes and keys stand for links."""
    level = row.required("level").lower()
    if level not in AGENCY_LEVELS:
        raise RowError("unknown_level", value=row.text("level"))
    name = clean(row.required("name"))
    level_code, kind = AGENCY_LEVELS[level]
    if "trung tâm phục vụ hành chính công" in name.lower():
        kind = "service_centre"
    system = row.text("system").lower()
    remarks = [row.text("note")]
    for column in ("other_code", "oversight_candidate", "as_of"):
        if row.text(column):
            remarks.append(f"{column}: {row.text(column)}")
    return {
        "name": name,
        "code": row.text("identifier_code") or False,
        "level_code": level_code,
        "agency_kind": kind,
        "is_mandatory": level in _MANDATORY_LEVELS,
        "province": row.text("province"),
        "gso_code": row.text("gso_code"),
        "source": row.text("source"),
        "valid_from": datetime.date(2025, 7, 1) if system.startswith("2-level") else False,
        "valid_to": datetime.date(2025, 6, 30) if system.startswith("3-level") else False,
        "note": "\n".join(part for part in remarks if part),
    }


# === TIME OF A PROCESS === #


@dataclass(frozen=True)
class ProcessTerm:
    """What the totals of an internal process say about its time limit."""

    committed_hours: float = 0.0
    stated_hours: float = 0.0
    duration_kind: str = "working"
    has_due: bool = True
    issue: str = ""


def process_term(printed, deadline, step_times, step_total, hours_per_day):
    """Read the promised time of a process from the lines printed about it.

    :param str printed: totals printed under the steps, several parted by "||"
    :param str deadline: the line that states the time limit, if any
    :param step_times: TimeText of each step
    :param float step_total: sum of the steps in hours
    """
    totals = time_text.quantities(printed.replace("||", " ; "), hours_per_day)
    promised = time_text.quantities(deadline, hours_per_day)
    if not totals and not promised:
        spoken = time_text.parse((deadline or printed).rpartition(":")[2], hours_per_day)
        unlimited = {"not_specified", "not_counted"} & set(spoken.issues)
        return ProcessTerm(has_due=not unlimited)
    total, total_issue = _choose(totals, step_total)
    limit, limit_issue = _choose(promised, total.hours if total else step_total)
    chosen = limit or total
    kind, unit_issue = _settle_kind([time for time in (limit, total) if time], step_times)
    return ProcessTerm(
        committed_hours=chosen.hours if chosen else 0.0,
        stated_hours=total.hours if total else 0.0,
        duration_kind=kind,
        issue=total_issue or limit_issue or unit_issue,
    )


def _choose(times, step_total):
    """Take the only total, or the one the steps add up to; several are a doubt."""
    by_hours = {time.hours: time for time in times}
    if len(by_hours) <= 1:
        return next(iter(by_hours.values()), None), ""
    fitting = [time for hours, time in by_hours.items() if abs(hours - step_total) < 1e-4]
    return (fitting[0], "") if fitting else (None, "several_totals")


def _settle_kind(stated, step_times):
    """Working or calendar days? "ngày" alone is a calendar day, unless other words of
    the same decision contradict it.
    """
    kinds = {time.kind for time in stated}
    plain_steps = [time for time in step_times if time.unit == "day"]
    step_kinds = {time.kind for time in step_times if time.hours}
    if kinds == {"working"}:
        return "working", "mixed_units" if plain_steps else ""
    if len(kinds) > 1 or "working" in step_kinds:
        return "working", "mixed_units"
    if any(time.value != int(time.value) for time in plain_steps):
        return "working", "ambiguous_day"
    return "calendar", ""
