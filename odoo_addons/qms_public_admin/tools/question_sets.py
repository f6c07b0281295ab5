"""Read question sets as agencies publish them, and name what is wrong with them.

One row a question: ``survey, order, section, question, type, options, score, condition,
note`` (options and scores separated by ``|``). What a source lacks is not made up: a
question whose options were never published comes without any and says so.
"""

import re
from dataclasses import dataclass, field

from .vietnamese import clean, fold

COLUMNS = (
    *("survey", "order", "section", "question", "type", "options"),
    *("score", "condition", "note"),
)
TYPES = {
    "single": "simple_choice",
    "single_other": "simple_choice",
    "multiple": "multiple_choice",
    "multiple_other": "multiple_choice",
    "": "simple_choice",
}
FINDINGS = [
    ("no_scale", "The source gives no answers to choose from"),
    ("incomplete", "The source gives only some of the answers"),
    ("na_scored", "“Not applicable” had points in the source; it leaves the averages here"),
]
_NOT_APPLICABLE = re.compile(
    r"^(không bị trễ|không trễ hẹn|không áp dụng|không liên quan|không phát sinh|không sử dụng"
    r"|not applicable|n/?a$)"
)
_GRADES = {
    "rất hài lòng": "very_satisfied",
    "hài lòng": "satisfied",
    "bình thường": "neutral",
    "không hài lòng": "not_satisfied",
    "rất không hài lòng": "very_dissatisfied",
}
_OVERALL = re.compile(r"đánh giá tổng thể|mức độ hài lòng của (mình|ông|bà)|hài lòng chung")
_NINE = re.compile(r"^điểm (\d)\b")


@dataclass
class Option:
    """One answer that can be chosen; ``score`` is None when the source gives no points."""

    text: str
    score: float | None = None
    is_not_applicable: bool = False
    grade: str = ""
    is_satisfied: bool = False
    is_low: bool = False


@dataclass
class Question:
    """One question of a set, with what is wrong about it (keys of ``FINDINGS``)."""

    row: int
    number: str
    section: str
    text: str
    kind: str
    allows_other: bool
    options: list = field(default_factory=list)
    finding: str = ""
    note: str = ""
    index: int = 0
    is_overall: bool = False
    # (number of the question, answer) that makes this one be asked
    condition: tuple = ()


class RowError(ValueError):
    """A row that cannot be read; ``template`` and ``params`` as the kernels' errors."""

    def __init__(self, template, **params):
        super().__init__(template % params if params else template)
        self.template, self.params = template, params


def _lt(text):
    """Mark a message for translation; the ORM side translates it."""
    return text


def parts(text):
    """Split what is separated by bars.

    >>> parts("Có | Không"), parts("")
    (['Có', 'Không'], [])
    """
    return [part for part in map(clean, (text or "").split("|")) if part]


def read_question(number, row):
    """Return the question of one row.

    >>> row = dict.fromkeys(COLUMNS, "") | {"survey": "S", "order": "4", "question": "Xin lỗi?",
    ...     "type": "single", "options": "Có | Không bị trễ hẹn", "score": "100 | 0"}
    >>> question = read_question(2, row)
    >>> question.finding, [option.score for option in question.options]
    ('na_scored', [100.0, None])
    >>> read_question(3, row | {"options": "", "score": ""}).finding
    'no_scale'
    >>> read_question(3, row | {"score": "100"})
    Traceback (most recent call last):
    ...
    odoo.addons.qms_public_admin.tools.question_sets.RowError: 2 answers, but 1 points.
    """
    text, kind = clean(row.get("question")), clean(row.get("type")).lower()
    if not text:
        raise RowError(_lt("The question is empty."))
    if kind not in TYPES:
        raise RowError(_lt("Unknown type of question: %(kind)s"), kind=kind)
    options = _read_options(parts(row.get("options")), parts(row.get("score")))
    question = Question(
        row=number,
        number=clean(row.get("order")),
        section=clean(row.get("section")),
        text=text,
        kind=TYPES[kind],
        allows_other=kind.endswith("_other"),
        options=options,
        note=clean(row.get("note")),
        condition=_read_condition(row.get("condition")),
        is_overall=bool(_OVERALL.search(text.lower())),
    )
    question.finding = _finding(question, parts(row.get("score")))
    question.index = _nine_index(question)
    return question


def _read_options(texts, scores):
    if scores and len(scores) != len(texts):
        raise RowError(
            _lt("%(options)d answers, but %(scores)d points."),
            options=len(texts),
            scores=len(scores),
        )
    options = []
    for position, text in enumerate(texts):
        option = Option(text=text, grade=_GRADES.get(text.lower(), ""))
        option.is_not_applicable = bool(_NOT_APPLICABLE.match(text.lower()))
        if scores and not option.is_not_applicable:
            option.score = _number(scores[position])
        options.append(option)
    _judge(options)
    return options


def _number(text):
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise RowError(_lt("“%(text)s” is no number of points."), text=text) from None


def _judge(options):
    """Say which answers count as satisfied and which ask for a reason.

    A level of satisfaction says so itself; points do by their place in the scale: three
    quarters and more is satisfied, a quarter and less is low.
    """
    scored = [option.score for option in options if option.score is not None]
    low, high = (min(scored), max(scored)) if scored else (0, 0)
    for option in options:
        if option.grade:
            option.is_satisfied = option.grade in ("very_satisfied", "satisfied")
            option.is_low = option.grade in ("not_satisfied", "very_dissatisfied")
        elif option.score is not None and high > low:
            share = (option.score - low) / (high - low)
            option.is_satisfied = share >= 0.75
            option.is_low = share <= 0.25


def _read_condition(text):
    """Return (number, answer) of ``3 = Chờ đợi rất lâu``.

    >>> _read_condition("7 = Trễ hẹn"), _read_condition("")
    (('7', 'Trễ hẹn'), ())
    """
    number, equal, answer = clean(text).partition("=")
    return (number.strip(), answer.strip()) if equal else ()


def _finding(question, scores):
    if not question.options:
        return "no_scale"
    if len(question.options) == 1:
        return "incomplete"
    if scores and any(option.is_not_applicable for option in question.options):
        return "na_scored"
    return ""


def _nine_index(question):
    """Return 1 to 9 when the options are those of the nine-index form, else 0."""
    marks = [_NINE.match(option.text.lower()) for option in question.options]
    if not marks or not all(marks) or not question.number.isdigit():
        return 0
    return int(question.number) if 1 <= int(question.number) <= 9 else 0


def complete_set(questions):
    """Finish what can be told only from the whole set: cut scales, the overall question.

    >>> def asked(number, options):
    ...     row = dict.fromkeys(COLUMNS, "") | {"order": number, "question": number,
    ...                                         "type": "single", "options": options}
    ...     return read_question(2, row)
    >>> whole, cut = asked("1", "A | B | C | D"), asked("2", "A | B | C")
    >>> complete_set([whole, cut])
    >>> whole.finding, cut.finding
    ('', 'incomplete')
    """
    scales = [tuple(fold(option.text) for option in question.options) for question in questions]
    for question, scale in zip(questions, scales, strict=True):
        is_cut = any(len(other) > len(scale) and other[: len(scale)] == scale for other in scales)
        if scale and is_cut and not question.finding:
            question.finding = "incomplete"
    overall = [question for question in questions if question.is_overall and question.options]
    for question in questions:
        question.is_overall = question in overall[:1]
    if not overall:
        levels = [question for question in questions if _is_level(question)]
        for question in levels[:1]:
            question.is_overall = True


def _is_level(question):
    return bool(question.options) and all(option.grade for option in question.options)
