from . import test_reports_analysis
from . import test_reports_performance
from . import test_reports_period
from . import test_reports_print
from . import test_reports_security
from . import test_reports_tours
from . import test_reports_what_if
from . import test_reports_satisfaction
