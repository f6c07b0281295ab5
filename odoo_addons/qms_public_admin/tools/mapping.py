"""How the columns of a foreign file become dossiers: the mapping.

A mapping is plain data that can be saved, sent to the next agency as a JSON file
and used unattended. It says which column is what, how dates are written and in
which zone, what the other system's words for channels, states and activities
mean, and when a dossier of an event log counts as finished. This module guesses
one from the header and some rows, and checks one that comes from outside.
"""

import re
import unicodedata
from dataclasses import asdict, dataclass, field, replace
from zoneinfo import ZoneInfo

from . import moments
from .tabular import cell_text

VERSION = 1
SHAPES = ("dossier", "event")
CLOSE_RULES = ("column", "last_event", "activities", "open")
UNKNOWN_RULES = ("reject", "flag")
CHANNELS = ("direct", "online", "post")
STATES = (
    "submitted",
    "accepted",
    "refused",
    "processing",
    "supplement",
    "payment",
    "withdrawn",
    "stopped",
    "done",
    "returned",
)
#: event types an activity of an event log can be mapped to, and the state after it
ACTIVITY_STATES = {
    "submitted": "submitted",
    "accepted": "accepted",
    "handed_over": "processing",
    "step_completed": "processing",
    "sent_back": "processing",
    "supplement_requested": "supplement",
    "payment_requested": "payment",
    "paused": "stopped",
    "resumed": "processing",
    "refused": "refused",
    "withdrawn": "withdrawn",
    "stopped": "stopped",
    "done": "done",
    "returned": "returned",
    "activity": "",
}

# Field of a dossier a column can be mapped to: moments, texts, looked-up values.
MOMENTS = (
    "submitted_at",
    "accepted_at",
    "due_at",
    "done_at",
    "returned_at",
    "closed_at",
)
TEXTS = (
    "holder_name",
    "holder_identity",
    "holder_phone",
    "holder_email",
    "holder_address",
    "submitter_name",
    "submitter_identity",
    "submitter_phone",
    "note",
)
LOOKUPS = ("procedure", "unit", "holder_kind")
CASE_TARGETS = (
    "external_code",
    *LOOKUPS,
    "channel",
    "state",
    *TEXTS,
    *MOMENTS,
)
EVENT_TARGETS = ("activity", "at", "actor", "actor_unit")
TARGETS = CASE_TARGETS + EVENT_TARGETS
CONSTANTS = ("procedure", "unit", "channel")
VALUE_FIELDS = {
    "channel": CHANNELS,
    "state": STATES,
    "activity": tuple(ACTIVITY_STATES),
}


def _lt(text):
    """Mark a message for translation; the ORM side translates it."""
    return text


MESSAGES = {
    # a mapping
    "not_json": _lt("The mapping file is not valid JSON."),
    "bad_mapping": _lt("The mapping is wrong at “%(key)s”: %(value)s"),
    "newer_mapping": _lt("The mapping was made by a newer version (%(value)s)."),
    "no_code_column": _lt("No column is mapped to the code of the dossier."),
    "no_event_column": _lt(
        "The file has a row for each event: a column must be mapped to the activity "
        "and one to its time."
    ),
    "missing_column": _lt("The file has no column “%(column)s”, which the mapping uses."),
    "target_twice": _lt("Two columns are mapped to “%(target)s”."),
    "no_done_column": _lt(
        "The rule closes dossiers by a column, but no column is mapped to the completion time."
    ),
    "no_activities": _lt("The rule closes dossiers by activities, but no activity is named."),
    "no_date_format": _lt(
        "Column “%(column)s” holds no dates that can be read, for example “%(value)s”."
    ),
    # a row
    "formula_cell": _lt("Column “%(column)s”, cell %(cell)s: is a formula"),
    "error_cell": _lt("Column “%(column)s”, cell %(cell)s: holds the error %(value)s"),
    "row_too_long": _lt("The row has more cells (%(count)d) than the header (%(limit)d)."),
    "no_code": _lt("The code of the dossier is missing."),
    "code_too_long": _lt("The code “%(value)s…” is longer than %(limit)d characters."),
    "duplicate_code": _lt("The code %(code)s occurs already in row %(row)d."),
    "bad_date": _lt("Column “%(column)s”: “%(value)s” is not a date or time."),
    "date_too_early": _lt(
        "Column “%(column)s”: “%(value)s” lies before 1950; "
        "probably the cell is empty in the source."
    ),
    "date_too_late": _lt("Column “%(column)s”: “%(value)s” lies after 2100."),
    "in_future": _lt("Column “%(column)s”: “%(value)s” lies in the future."),
    "no_event_time": _lt("The time of the event is missing."),
    "no_activity": _lt("The name of the activity is missing."),
    "no_acceptance": _lt("The state is “%(state)s”, but there is no time of acceptance."),
    "no_completion": _lt("The state is “%(state)s”, but there is no time of completion."),
    "no_closing": _lt("The state is “%(state)s”, but there is no time of closing."),
    "done_before_accepted": _lt("Completed (%(done)s) before it was accepted (%(accepted)s)."),
    "returned_before_done": _lt("Returned (%(returned)s) before it was completed (%(done)s)."),
    "closed_before_accepted": _lt("Closed (%(closed)s) before it was accepted (%(accepted)s)."),
    "unknown_channel": _lt("The channel “%(value)s” is not in the mapping."),
    "unknown_state": _lt("The state “%(value)s” is not in the mapping."),
    "bad_sibling": _lt("Dossier %(code)s is left out as a whole, because of row %(row)d."),
    # a warning
    "submitted_after_accepted": _lt(
        "Submitted (%(submitted)s) after it was accepted or completed (%(accepted)s): "
        "the submission is left empty."
    ),
    "due_before_accepted": _lt(
        "Due (%(due)s) before it was accepted (%(accepted)s): kept as given."
    ),
    "done_before_first": _lt(
        "Completed (%(done)s) before its first event (%(first)s): "
        "the time of acceptance is left empty."
    ),
    "done_but_open": _lt(
        "The state is “%(state)s”, but a time of completion is given (%(done)s): it is left out."
    ),
    "done_from_return": _lt(
        "No time of completion: the time of return (%(returned)s) is taken for it."
    ),
}


class MappingError(ValueError):
    """A mapping or a row that cannot be used; ``code`` is a key of ``MESSAGES``."""

    def __init__(self, code, params=None):
        self.code = code
        self.params = dict(params or {})
        self.template = MESSAGES[code]
        super().__init__(self.template % self.params)


@dataclass(frozen=True)
class Mapping:
    """What a file's columns mean.

    :param shape: ``dossier`` (a row a dossier) or ``event`` (a row an event)
    :param columns: ``{name in the header: target}``
    :param date_formats: ``{target: format}``; what is missing is detected
    :param timezone: zone of moments without an offset
    :param value_maps: ``{"channel" | "state" | "activity": {word: key}}``; a channel
        or state mapped to the empty text is left out on purpose
    :param constants: ``{"procedure" | "unit" | "channel": value}`` for all rows
    :param close_rule: when a dossier counts as finished: by the completion
        ``column``, with its ``last_event``, with one of ``close_activities``, or not
    :param unknown: an unknown procedure or unit makes an error (``reject``) or a
        dossier flagged for review (``flag``)
    """

    shape: str = "dossier"
    columns: dict = field(default_factory=dict)
    date_formats: dict = field(default_factory=dict)
    timezone: str = "Asia/Ho_Chi_Minh"
    value_maps: dict = field(default_factory=dict)
    constants: dict = field(default_factory=dict)
    close_rule: str = "column"
    close_activities: tuple = ()
    unknown: str = "reject"
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 0

    def to_json(self):
        """Give plain data for a JSON file."""
        data = {"version": VERSION, **asdict(self)}
        data["close_activities"] = list(self.close_activities)
        return data

    @classmethod
    def from_json(cls, data):
        """Read a mapping file.

        :raises MappingError: naming the first key that is wrong
        """
        if not isinstance(data, dict):
            raise MappingError("bad_mapping", {"key": "mapping", "value": data})
        version = data.get("version", VERSION)
        if not isinstance(version, int) or version > VERSION:
            raise MappingError("newer_mapping", {"value": version})
        known = cls.__dataclass_fields__
        given = {k: v for k, v in data.items() if k not in ("version", "name", "code")}
        for key in given:
            if key not in known:
                raise MappingError("bad_mapping", {"key": key, "value": "?"})
        if isinstance(given.get("close_activities"), list):
            given["close_activities"] = tuple(given["close_activities"])
        mapping = cls(**given)
        mapping._check_types()
        return mapping

    def column_of(self, target):
        """Name the column mapped to ``target``, or give ``""``."""
        return next((name for name, t in self.columns.items() if t == target), "")

    def check(self, header):
        """Raise :class:`MappingError` where the mapping does not fit the file."""
        targets = list(self.columns.values())
        for target in targets:
            if targets.count(target) > 1:
                raise MappingError("target_twice", {"target": target})
        for column in self.columns:
            if column not in header:
                raise MappingError("missing_column", {"column": column})
        if "external_code" not in targets:
            raise MappingError("no_code_column")
        if self.shape == "event" and not {"activity", "at"} <= set(targets):
            raise MappingError("no_event_column")
        closes_by_column = self.shape == "event" and self.close_rule == "column"
        if closes_by_column and "done_at" not in targets:
            raise MappingError("no_done_column")
        if self.close_rule == "activities" and not self.close_activities:
            raise MappingError("no_activities")

    # === TYPES OF A MAPPING FROM OUTSIDE === #

    def _check_types(self):
        self._check_choice("shape", self.shape, SHAPES)
        self._check_choice("close_rule", self.close_rule, CLOSE_RULES)
        self._check_choice("unknown", self.unknown, UNKNOWN_RULES)
        for name in ("encoding", "delimiter", "sheet"):
            self._require(name, isinstance(getattr(self, name), str))
        if self.encoding:
            self._check_encoding()
        self._require("delimiter", len(self.delimiter) <= 1)
        self._require("header_row", isinstance(self.header_row, int))
        activities = self.close_activities
        self._require("close_activities", isinstance(activities, tuple))
        self._require("close_activities", all(isinstance(a, str) for a in activities))
        self._check_texts("columns", self.columns, TARGETS)
        self._check_texts("date_formats", self.date_formats, moments.FORMATS)
        self._check_texts("constants", self.constants, None, CONSTANTS)
        self._require("value_maps", isinstance(self.value_maps, dict))
        for name, words in self.value_maps.items():
            self._check_choice("value_maps", name, tuple(VALUE_FIELDS))
            self._check_texts(f"value_maps.{name}", words, ("", *VALUE_FIELDS[name]))
        try:
            ZoneInfo(self.timezone)
        except Exception as error:  # an unknown, empty or malformed key
            params = {"key": "timezone", "value": self.timezone}
            raise MappingError("bad_mapping", params) from error

    def _check_encoding(self):
        try:
            "".encode(self.encoding)
        except LookupError as error:
            params = {"key": "encoding", "value": self.encoding}
            raise MappingError("bad_mapping", params) from error

    def _require(self, key, is_right):
        if not is_right:
            raise MappingError("bad_mapping", {"key": key, "value": getattr(self, key)})

    def _check_choice(self, key, value, choices):
        if value not in choices:
            raise MappingError("bad_mapping", {"key": key, "value": value})

    def _check_texts(self, key, words, values, keys=None):
        if not isinstance(words, dict):
            raise MappingError("bad_mapping", {"key": key, "value": words})
        for word, value in words.items():
            is_right = isinstance(word, str) and isinstance(value, str)
            is_right = is_right and (values is None or value in values)
            if not is_right or (keys is not None and word not in keys):
                raise MappingError("bad_mapping", {"key": key, "value": word})


# === GUESSING === #

# Words of headers, folded (no accents, lower case). The order of a list is the
# order of preference; a header is compared as a whole first, then by its parts.
_NAMES = {
    "external_code": (
        "ma ho so",
        "so ho so",
        "ma so ho so",
        "ma bien nhan",
        "so bien nhan",
        "dossier code",
        "case concept name",
        "case id",
        "caseid",
        "case",
        "external code",
        "code",
        "ma hs",
    ),
    "procedure": (
        "ma tthc",
        "ma thu tuc",
        "ma thu tuc hanh chinh",
        "ma thu tuc hanh chinh quoc gia",
        "procedure code",
        "procedure",
        "thu tuc hanh chinh",
        "ten thu tuc",
        "ten tthc",
        "thu tuc",
        "tthc",
    ),
    "unit": (
        "don vi tiep nhan",
        "co quan tiep nhan",
        "noi tiep nhan",
        "bo phan tiep nhan",
        "receiving unit",
        "don vi",
        "co quan thuc hien",
        "don vi xu ly",
        "phong ban",
        "unit",
        "department",
    ),
    "holder_kind": ("loai chu ho so", "doi tuong", "doi tuong nop", "applicant kind"),
    "channel": (
        "hinh thuc tiep nhan",
        "hinh thuc nop",
        "kenh tiep nhan",
        "cach thuc nop",
        "case channel",
        "intake channel",
        "channel",
        "kenh",
        "hinh thuc",
    ),
    "state": ("trang thai", "tinh trang", "trang thai ho so", "status", "state"),
    "holder_name": (
        "chu ho so",
        "ten chu ho so",
        "ho ten chu ho so",
        "ho va ten",
        "ho ten",
        "holder name",
        "holder",
        "applicant",
        "applicant name",
        "to chuc ca nhan",
        "ten to chuc ca nhan",
        "ca nhan to chuc",
    ),
    "holder_identity": (
        "so cmnd",
        "so cccd",
        "cmnd",
        "cccd",
        "so dinh danh",
        "so giay to",
        "cmnd cccd",
        "identity",
        "identity number",
    ),
    "holder_phone": ("so dien thoai", "dien thoai", "sdt", "phone", "mobile"),
    "holder_email": ("email", "e mail", "thu dien tu"),
    "holder_address": ("dia chi", "dia chi chu ho so", "address"),
    "submitter_name": ("nguoi nop", "nguoi nop ho so", "ten nguoi nop", "submitter"),
    "submitter_identity": ("cmnd nguoi nop", "cccd nguoi nop"),
    "submitter_phone": ("dien thoai nguoi nop", "sdt nguoi nop"),
    "note": ("ghi chu", "note", "notes", "remark"),
    "submitted_at": (
        "ngay nop",
        "ngay gui",
        "thoi gian nop",
        "ngay nop ho so",
        "submitted at",
        "submitted",
        "submission date",
        "case startdate",
    ),
    "accepted_at": (
        "ngay tiep nhan",
        "thoi gian tiep nhan",
        "ngay nhan",
        "ngay nhan ho so",
        "thoi diem tiep nhan",
        "accepted at",
        "accepted",
        "received at",
        "acceptance date",
    ),
    "due_at": (
        "ngay hen tra",
        "hen tra",
        "hen tra ket qua",
        "ngay hen tra ket qua",
        "thoi gian hen tra",
        "han xu ly",
        "han tra",
        "han giai quyet",
        "due at",
        "due date",
        "due",
        "case deadline",
        "deadline",
        "case enddate planned",
        "planned end",
    ),
    "done_at": (
        "ngay ket thuc xu ly",
        "ngay hoan thanh",
        "ngay xu ly xong",
        "thoi gian hoan thanh",
        "ngay co ket qua",
        "ngay ket thuc",
        "done at",
        "completed at",
        "completion date",
        "case enddate",
        "end date",
    ),
    "returned_at": (
        "ngay tra ket qua",
        "ngay tra",
        "thoi gian tra ket qua",
        "ngay nhan ket qua",
        "returned at",
        "return date",
    ),
    "closed_at": ("ngay dong", "ngay rut", "ngay tu choi", "ngay dung", "closed at"),
    "activity": (
        "concept name",
        "activity",
        "hoat dong",
        "thao tac",
        "buoc",
        "ten buoc",
        "cong viec",
        "buoc xu ly",
        "event",
        "task",
    ),
    "at": (
        "time timestamp",
        "complete timestamp",
        "timestamp",
        "ts",
        "thoi diem",
        "thoi gian",
        "ngay xu ly",
        "thoi gian xu ly",
        "thoi gian thuc hien",
        "event time",
        "time",
    ),
    "actor": (
        "org resource",
        "resource",
        "nguoi xu ly",
        "can bo xu ly",
        "nguoi thuc hien",
        "can bo",
        "chuyen vien",
        "actor",
        "user",
    ),
    "actor_unit": (
        "org group",
        "don vi thuc hien",
        "don vi nguoi xu ly",
        "bo phan xu ly",
        "group",
        "role",
    ),
}
_CHANNEL_WORDS = {
    "direct": ("truc tiep", "tai quay", "mot cua", "direct", "desk", "counter", "1"),
    "online": (
        "truc tuyen",
        "online",
        "internet",
        "dvc",
        "dich vu cong",
        "cong dvc",
        "web",
        "2",
    ),
    "post": ("buu chinh", "buu chinh cong ich", "buu dien", "bcci", "post", "3"),
}
_STATE_WORDS = {
    "submitted": ("moi dang ky", "cho tiep nhan", "moi nop", "submitted", "new", "1"),
    "accepted": ("duoc tiep nhan", "da tiep nhan", "moi tiep nhan", "accepted", "2"),
    "refused": ("khong duoc tiep nhan", "tu choi tiep nhan", "tu choi", "refused", "3"),
    "processing": ("dang xu ly", "dang giai quyet", "processing", "in progress", "4"),
    "supplement": (
        "yeu cau bo sung giay to",
        "yeu cau bo sung",
        "cho bo sung",
        "bo sung",
        "supplement",
        "5",
    ),
    "payment": (
        "yeu cau thuc hien nghia vu tai chinh",
        "nghia vu tai chinh",
        "cho nop phi",
        "payment",
        "6",
    ),
    "withdrawn": (
        "cong dan yeu cau rut ho so",
        "rut ho so",
        "da rut",
        "cong dan rut",
        "withdrawn",
        "7",
    ),
    "stopped": ("dung xu ly", "tam dung", "dung giai quyet", "stopped", "8"),
    "done": (
        "da xu ly xong",
        "da xu ly",
        "da co ket qua",
        "cho tra ket qua",
        "hoan thanh",
        "done",
        "completed",
        "9",
    ),
    "returned": ("da tra ket qua", "da tra", "returned", "10"),
}


def fold(text):
    """Fold a header or a word for comparison: no accents, case or punctuation.

    >>> fold("Mã hồ sơ"), fold("case:concept:name"), fold("Ngày  HẸN trả (KQ)")
    ('ma ho so', 'case concept name', 'ngay hen tra kq')
    """
    text = unicodedata.normalize("NFD", cell_text(text).casefold())
    text = text.replace("đ", "d").replace("ð", "d")
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z0-9]+", text))


def guess(header, rows, timezone="Asia/Ho_Chi_Minh"):
    """Suggest a mapping from the header and some rows.

    Each column gets at most one target and each target one column. The shape is
    ``event`` when activity and time are found, else ``dossier``.
    """
    columns = _guess_columns(header)
    targets = set(columns.values())
    shape = "event" if {"activity", "at"} <= targets else "dossier"
    if shape == "dossier":
        columns = {n: t for n, t in columns.items() if t not in EVENT_TARGETS}
        close_rule = "column"
    else:
        close_rule = "column" if "done_at" in targets else "last_event"
    mapping = Mapping(shape=shape, columns=columns, timezone=timezone, close_rule=close_rule)
    return with_detected_formats(with_known_words(mapping, header, rows), header, rows)


def _guess_columns(header):
    """Match whole names in order of preference, each column and target once."""
    folded = {name: fold(name) for name in header}
    found = {}
    candidates = sorted(
        (rank, target_rank, name, target)
        for target_rank, target in enumerate(_NAMES)
        for name, words in folded.items()
        for rank, known in enumerate(_NAMES[target])
        if words == known
    )
    for _rank, _target_rank, name, target in candidates:
        if name not in found and target not in found.values():
            found[name] = target
    return {name: found[name] for name in header if name in found}


def sample_values(header, rows, column):
    """Give the values of a column in the sample rows, blanks left out."""
    index = header.index(column)
    return [row[index] for row in rows if row[index] not in (None, "")]


def detections(mapping, header, rows):
    """Detect the dates of every mapped moment: ``{target: Detection}``."""
    return {
        target: moments.detect(sample_values(header, rows, column))
        for column, target in mapping.columns.items()
        if column in header and target in (*MOMENTS, "at")
    }


def with_detected_formats(mapping, header, rows):
    """Fill the date formats that the mapping leaves open."""
    formats = {
        target: found.name
        for target, found in detections(mapping, header, rows).items()
        if found.name
    }
    return replace(mapping, date_formats={**formats, **mapping.date_formats})


def with_known_words(mapping, header, rows):
    """Map the channels and states whose words are known; others stay open."""
    value_maps = {name: dict(words) for name, words in mapping.value_maps.items()}
    for target, known in (("channel", _CHANNEL_WORDS), ("state", _STATE_WORDS)):
        column = mapping.column_of(target)
        if not column or column not in header:
            continue
        words = value_maps.setdefault(target, {})
        for value in sample_values(header, rows, column):
            text = cell_text(value)
            key = next((k for k, texts in known.items() if fold(text) in texts), None)
            if key:
                words.setdefault(text, key)
    return replace(mapping, value_maps=value_maps)
