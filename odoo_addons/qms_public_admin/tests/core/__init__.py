from . import test_core_delegation
from . import test_core_event_log
from . import test_core_numbering
from . import test_core_working_time
from . import test_core_calendar_exception
from . import test_core_calendar_list
from . import test_core_calendar_wizard
from . import test_core_calendar_reprojection
