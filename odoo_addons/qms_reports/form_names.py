"""The placeholders of the legal forms: what an officer may write between braces.

The names are those of the snapshot of a paper (:meth:`QmsDossier._paper_values`); the
labels explain them on the screen of a form.
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# name=label; keywords, because an export would take a name in quotes for a text.
TEXTS = dict(
    legal_code=_lt("Number of the form, e.g. Mẫu số 01"),
    legal_instrument=_lt("Circular that issues the form"),
    iso_code=_lt("ISO code of the form in the agency"),
    title=_lt("Title of the form"),
    number_text=_lt("Number of the paper, e.g. 12/TNHS"),
    place_date=_lt("Place and date of issue"),
    superior_name=_lt("Superior agency"),
    agency_name=_lt("Agency"),
    agency_upper=_lt("Agency in capitals"),
    agency_address=_lt("Address of the agency"),
    agency_phone=_lt("Telephone of the agency"),
    agency_email=_lt("E-mail of the agency"),
    agency_website=_lt("Website of the agency"),
    receiving_unit=_lt("Unit that received the dossier"),
    department_name=_lt("Unit in charge"),
    officer_name=_lt("Officer who issues the paper"),
    officer_position=_lt("Position of that officer"),
    dossier_code=_lt("Dossier code"),
    submission_ref=_lt("Submission reference"),
    procedure_name=_lt("Administrative procedure"),
    procedure_code=_lt("Code of the procedure"),
    content=_lt("What is asked for"),
    holder_name=_lt("Dossier holder"),
    holder_address=_lt("Address of the holder"),
    holder_phone=_lt("Telephone of the holder"),
    holder_email=_lt("E-mail of the holder"),
    holder_identity=_lt("Identity number of the holder"),
    submitter_name=_lt("Submitter, the holder when nobody else"),
    submitter_phone=_lt("Telephone of the submitter"),
    submitter_identity=_lt("Identity number of the submitter"),
    other_holder=_lt("The holder when somebody else submits, otherwise empty"),
    set_qty=_lt("Number of sets"),
    legal_time=_lt("Time limit in words"),
    submitted_text=_lt("Submitted: hour, minute, date"),
    received_text=_lt("Received: hour, minute, date"),
    due_text=_lt("Due: hour, minute, date"),
    is_inter_agency=_lt("Not empty for an inter-agency dossier"),
    lead_agency=_lt("Agency or unit that handles"),
    partner_agencies=_lt("Co-ordinating agencies"),
    reason=_lt("Reason given with the act"),
    items=_lt("What is missing"),
    old_due_text=_lt("Due before the extension"),
    new_due_text=_lt("Due after the extension"),
    delaying_unit=_lt("Unit that caused the delay"),
    apology=_lt("Words of apology"),
    stage_reached=_lt("Step reached"),
    stop_request=_lt("Who asked to stop, and why"),
    financial_state=_lt("Financial obligation asked for"),
    done_text=_lt("Completed: hour, minute, date"),
    returned_text=_lt("Result returned: hour, minute, date"),
    outcome_text=_lt("Early, on time or late"),
    log_text=_lt("Length and last hash of the log"),
    period_text=_lt("Days of the register"),
    iso_line=_lt("ISO code behind a dash, empty without one"),
    copy_name=_lt("Which copy this is"),
)
# Made at the first print, not part of the snapshot: they open the dossier to its bearer.
LINKS = dict(
    lookup_url=_lt("Address of the public look-up"),
    lookup_key=_lt("Second factor of the look-up"),
    rating_url=_lt("Address of the rating"),
)
DECLARATION = dict(
    decision_no=_lt("Number of the decision"),
    decision_day=_lt("Day of the decision"),
    standard_name=_lt("Edition of the standard"),
    unit_names=_lt("Units of the scope"),
    scope_note=_lt("Activities besides the procedures"),
    procedure_count=_lt("Number of procedures"),
    document_count=_lt("Number of documents"),
    approved_text=_lt("Day on which the documents were approved"),
    audit_text=_lt("Internal audit: day and report"),
    review_text=_lt("Management review: day and minutes"),
    confirmation_text=_lt("Effectiveness confirmed: day and paper"),
    head_name=_lt("Head of the agency"),
    head_title=_lt("Position of the head"),
    head_title_upper=_lt("Position of the head in capitals"),
)
BLOCKS = dict(
    components_table=_lt("Table of the papers handed in"),
    hand_over_table=_lt("Table of the hand-overs"),
    register_table=_lt("Table of the register"),
    lookup_block=_lt("Look-up: QR code, address and key"),
    rating_block=_lt("Rating: QR code and address"),
    qr_block=_lt("QR code of the dossier code"),
    barcode_block=_lt("Bar code of the dossier code"),
    declared_documents_table=_lt("Table of the documents declared"),
    declared_procedures_table=_lt("Table of the procedures declared"),
    sign_off_table=_lt("Who approved, with the codes to verify it"),
)
TEXT_NAMES = frozenset({**TEXTS, **LINKS, **DECLARATION})
BLOCK_NAMES = frozenset(BLOCKS)
NAMES = TEXT_NAMES | BLOCK_NAMES
