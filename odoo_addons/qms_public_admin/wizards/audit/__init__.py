from . import qms_words_dialog
from . import qms_audit_draw
from . import qms_audit_finding_dialog
from . import copy_verification_lines
