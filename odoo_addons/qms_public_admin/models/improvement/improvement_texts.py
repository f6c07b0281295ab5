"""Selections and groups that nonconformities, actions and their reports share."""

GROUP_OFFICER = "qms_public_admin.group_qms_officer"
GROUP_LEADER = "qms_public_admin.group_qms_leader"
GROUP_AUDITOR = "qms_public_admin.group_qms_auditor"
GROUP_HEAD = "qms_public_admin.group_qms_head"
GROUP_CLERK = "qms_public_admin.group_qms_clerk"
GROUP_PROVINCIAL = "qms_public_admin.group_qms_provincial"
KEEPERS = f"{GROUP_OFFICER},{GROUP_LEADER}"
JUDGES = f"{GROUP_OFFICER},{GROUP_LEADER},{GROUP_AUDITOR}"
WORKING_ROLES = f"{GROUP_CLERK},{GROUP_HEAD},{GROUP_LEADER},{GROUP_AUDITOR},{GROUP_OFFICER}"

ACTIVITY_TYPE = "qms_public_admin.mail_activity_improvement"

SOURCES = [
    ("audit", "Audit"),
    ("dossier", "Handling of dossiers"),
    ("rating", "Satisfaction rating"),
    ("complaint", "Complaint or suggestion"),
    ("indicator", "Indicator"),
    ("objective", "Quality objective"),
    ("review", "Management review"),
    ("inspection", "Inspection by a superior"),
    ("signal", "Signal of the system"),
    ("other", "Other"),
]
GRADES = [("minor", "Minor"), ("major", "Major")]
NC_STATES = [
    ("draft", "Raised"),
    ("analysis", "Analysis"),
    ("pending", "Action plan"),
    ("open", "Being handled"),
    ("verified", "Verified"),
    ("done", "Closed"),
    ("cancel", "Cancelled"),
]
NC_OPEN = ("draft", "analysis", "pending", "open", "verified")
ACTION_STATES = [
    ("draft", "Planned"),
    ("open", "In progress"),
    ("done", "Done, to be verified"),
    ("verified", "Verified"),
    ("cancelled", "Cancelled"),
]
# What has still to be done by its owner, and what has come to an end.
ACTION_TO_DO = ("draft", "open")
ACTION_SETTLED = ("verified", "cancelled")
EVENT_KINDS = [
    ("raised", "Raised"),
    ("analysed", "Analysis begun"),
    ("planned", "Cause found, plan begun"),
    ("started", "Begun"),
    ("done", "Reported done"),
    ("sent_back", "Sent back"),
    ("verified", "Verified"),
    ("closed", "Closed"),
    ("reopened", "Reopened"),
    ("cancelled", "Cancelled"),
]
