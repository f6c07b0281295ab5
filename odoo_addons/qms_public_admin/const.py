"""Keys and selections that models, wizards and tests share."""

# National status codes of a dossier (key, label, code), regulation of the
# one-stop mechanism as practised by the provincial systems.
DOSSIER_STATES = [
    ("submitted", "Newly submitted"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
    ("processing", "Processing"),
    ("supplement", "Supplement requested"),
    ("payment", "Financial obligation"),
    ("withdrawn", "Withdrawn"),
    ("stopped", "Stopped"),
    ("done", "Done"),
    ("returned", "Result returned"),
]
STATE_CODES = {key: number for number, (key, _label) in enumerate(DOSSIER_STATES, 1)}

RUNNING_STATES = ("accepted", "processing")
PAUSED_STATES = ("supplement", "payment", "stopped")
OPEN_STATES = RUNNING_STATES + PAUSED_STATES
DONE_STATES = ("done", "returned")
CLOSED_STATES = ("refused", "withdrawn", "done", "returned")

OUTCOMES = [("early", "Early"), ("on_time", "On time"), ("late", "Late")]

TIMELINESS = [
    ("not_started", "Clock not started"),
    ("within", "Within the limit"),
    ("due_soon", "Due soon"),
    ("overdue", "Overdue"),
    ("paused", "Paused"),
    ("closed", "Closed"),
]

DURATION_KINDS = [("working", "Working days"), ("calendar", "Calendar days")]

# National codes: 1 direct, 2 online, 3 public postal service.
INTAKE_CHANNELS = [("direct", "Direct"), ("online", "Online"), ("post", "Post")]

STEP_KINDS = [
    ("receive", "Receive"),
    ("process", "Process"),
    ("approve", "Approve"),
    ("issue", "Issue"),
    ("return", "Return the result"),
]

STEP_STATES = [
    ("waiting", "Waiting"),
    ("current", "In progress"),
    ("done", "Done"),
    ("sent_back", "Sent back"),
]

INTERRUPTION_KINDS = [
    ("supplement", "Supplement"),
    ("payment", "Financial obligation"),
    ("stop", "Temporary stop"),
]

EVENT_TYPES = [
    ("submitted", "Submitted"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
    ("competent_received", "Received by the competent agency"),
    ("handed_over", "Handed over"),
    ("step_completed", "Step completed"),
    ("sent_back", "Sent back"),
    ("supplement_requested", "Supplement requested"),
    ("payment_requested", "Payment requested"),
    ("paused", "Paused"),
    ("resumed", "Resumed"),
    ("extended", "Extended"),
    ("withdrawn", "Withdrawn"),
    ("stopped", "Stopped"),
    ("done", "Done"),
    ("returned", "Result returned"),
    ("reprojected", "Due date re-projected"),
    ("assigned", "Assigned"),
    ("imported", "Imported"),
    ("identified", "Procedure identified"),
    ("activity", "Activity"),
]

REMINDER_BASES = [("step", "the step"), ("dossier", "the dossier")]
REMINDER_AUDIENCES = [
    ("holder", "Who handles the step"),
    ("head", "Head of the unit"),
    ("leader", "Leader of the agency"),
]

LIKELIHOODS = [
    ("unlikely", "Likely in time"),
    ("possible", "Could be late"),
    ("likely", "Likely late"),
]

DISCLOSURE_ACTIONS = [
    ("form", "Shown on the screen"),
    ("export", "Exported"),
    ("register", "Printed in the register"),
    ("paper", "Opened on an issued paper"),
    ("applicant", "Taken over into a new dossier"),
]

# Tickets of the front desk. A complaint or suggestion is a "phản ánh, kiến nghị" of
# Decree 20/2008; its classes are those of article 9.
TICKET_KINDS = [
    ("question", "Question"),
    ("request", "Request for a procedure"),
    ("complaint", "Complaint or suggestion"),
]
TICKET_STATES = [
    ("new", "New"),
    ("handling", "In handling"),
    ("converted", "Dossier opened"),
    ("answered", "Answered"),
    ("published", "Answer published"),
    ("transferred", "Transferred"),
    ("rejected", "Not accepted"),
    ("cancelled", "Withdrawn by the sender"),
]
TICKET_OPEN_STATES = ("new", "handling")
TICKET_CLASSES = [
    ("incomplete", "Requirements not met"),
    ("conduct", "Conduct or delay of an official or agency"),
    ("regulation", "Regulation of our own competence"),
    ("not_ours", "Not ours"),
]
TICKET_CHANNELS = [
    ("written", "Written, handed in"),
    ("post", "By post"),
    ("electronic", "Electronic"),
    ("telephone", "Telephone"),
    ("opinion", "Opinion form"),
]
TICKET_FINDINGS = [
    ("founded", "Founded"),
    ("partly", "Partly founded"),
    ("unfounded", "Unfounded"),
]
TICKET_TIMELINESS = [
    ("none", "No time limit"),
    ("within", "Within the limit"),
    ("overdue", "Overdue"),
    ("in_time", "In time"),
    ("late", "Late"),
]
