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
]
