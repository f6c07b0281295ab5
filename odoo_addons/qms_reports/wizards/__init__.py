from . import qms_period_report
from . import qms_period_report_line
from . import qms_dossier_register
from . import qms_event_verification
from . import qms_event_verification_line
from . import qms_satisfaction_report
from . import qms_satisfaction_report_line
