"""Columns, groupings and legal titles that reports, prints and tests share."""

# What a period report can be cut by (key, label).
GROUPINGS = [
    ("procedure", "Procedure"),
    ("field", "Field"),
    ("receiving_unit", "Receiving unit"),
    ("department", "Unit in charge"),
    ("company", "Agency"),
    ("channel", "Intake channel"),
]

# Each figure of a period and the dossiers it counts, said once: the report counts
# with these conditions and a click on the figure lists with them. ``origin`` is how
# a dossier came into the period, ``part`` where it stands at its end (regulation
# §1.9, §1.14, INV-09).
FIGURES = {
    "carried": "origin = 'carried'",
    "received_online": "origin = 'received' AND channel = 'online'",
    "received_direct": "origin = 'received' AND channel <> 'online'",
    "received": "origin = 'received'",
    "total": "origin IS NOT NULL",
    "early": "origin IS NOT NULL AND part = 'early'",
    "on_time": "origin IS NOT NULL AND part = 'on_time'",
    "late": "origin IS NOT NULL AND part = 'late'",
    "completed": "origin IS NOT NULL AND part IN ('early', 'on_time', 'late')",
    "withdrawn": "origin IS NOT NULL AND part = 'withdrawn'",
    "stopped": "origin IS NOT NULL AND part = 'stopped'",
    "within": "origin IS NOT NULL AND part = 'within'",
    "over": "origin IS NOT NULL AND part = 'over'",
    "paused": "origin IS NOT NULL AND part = 'paused'",
    # The remainder of INV-09: in the period, but in none of its parts.
    "unclassified": "origin IS NOT NULL AND part IS NULL",
    # Handled without an acceptance on record: outside the whole, shown beside it.
    "unaccepted": "origin IS NULL",
    "completed_good": "origin IS NOT NULL AND part IN ('early', 'on_time')",
    "received_good": "origin = 'received' AND part IN ('early', 'on_time')",
}

# Parts that add up to ``total`` together with ``unclassified`` (INV-09).
PARTS = (
    "early",
    "on_time",
    "late",
    "withdrawn",
    "stopped",
    "within",
    "over",
    "paused",
)

# Table 06a folds withdrawn into done on time, paused into in progress within the
# limit, and dossiers stopped for good as the agency chooses (regulation §1.14).
FOLDED_FIGURES = {
    "folded_done": "part IN ('early', 'on_time', 'late', 'withdrawn'{stopped_done})",
    "folded_on_time": "part IN ('on_time', 'withdrawn'{stopped_done})",
    "folded_open": "part IN ('within', 'over', 'paused'{stopped_open})",
    "folded_within": "part IN ('within', 'paused'{stopped_open})",
}

STOPPED_AS = [
    ("open", "In progress, within the limit"),
    ("done", "Done, on time"),
]

# Kinds of legal forms (regulation §1.5), in the order of TT 03/2025/TT-VPCP.
FORM_KINDS = [
    ("receipt", "Receipt and appointment"),
    ("supplement", "Supplement request"),
    ("refusal", "Refusal"),
    ("extension", "Apology and extension"),
    ("stop", "Notice of stopping"),
    ("control_slip", "Control slip"),
    ("register", "Dossier register"),
]
# The forms an agency may keep as records: those of dossiers, and the declaration of
# conformity (Decision 19/2014/QĐ-TTg, Phụ lục I; its layout is not verified).
TEMPLATE_KINDS = [*FORM_KINDS, ("declaration", "Declaration of conformity")]
# Papers for the applicant; the slip and the register are the agency's own.
APPLICANT_KINDS = ("receipt", "supplement", "refusal", "extension", "stop")
# The act in the log that issues a form, and the verb that offers it. A dossier of the
# counter gets its receipt always (Decree 63/2010, art. 18.3).
FORM_OF_EVENT = {
    "accepted": "receipt",
    "supplement_requested": "supplement",
    "refused": "refusal",
    "extended": "extension",
    "stopped": "stop",
}
FORM_OF_VERB = {
    "accept": "receipt",
    "request_supplement": "supplement",
    "refuse": "refusal",
    "extend": "extension",
    "stop": "stop",
}

# Columns of the period report as printed and exported: heading, figures below it.
FULL_COLUMNS = [
    ("received", ["carried", "received_online", "received_direct", "total"]),
    ("done", ["early", "on_time", "late"]),
    ("closed", ["withdrawn", "stopped"]),
    ("open", ["within", "over", "paused"]),
    ("remainder", ["unclassified"]),
]

# Table 06a with its Vietnamese headings (regulation §1.14).
TABLE_06A_COLUMNS = [
    (
        "Nhận giải quyết",
        [
            ("total", "Tổng số"),
            ("received_online", "Trong kỳ: trực tuyến"),
            ("received_direct", "Trong kỳ: trực tiếp, bưu chính"),
            ("carried", "Từ kỳ trước"),
        ],
    ),
    (
        "Đã giải quyết",
        [
            ("folded_done", "Tổng số"),
            ("early", "Trước hạn"),
            ("folded_on_time", "Đúng hạn"),
            ("late", "Quá hạn"),
        ],
    ),
    (
        "Đang giải quyết",
        [
            ("folded_open", "Tổng số"),
            ("folded_within", "Trong hạn"),
            ("over", "Quá hạn"),
        ],
    ),
    ("Không phân loại", [("unclassified", "Không phân loại")]),
]
