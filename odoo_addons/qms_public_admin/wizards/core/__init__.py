from . import comment_wizard
from . import qms_decision_dialog
from . import qms_event_verification
from . import qms_holiday_wizard
from . import qms_holiday_wizard_option
from . import qms_holiday_wizard_line
from . import qms_calendar_reprojection
from . import qms_calendar_reprojection_line
