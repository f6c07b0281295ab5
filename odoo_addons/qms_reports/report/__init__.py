from . import xlsx_abstract
from . import period_report
from . import period_report_xlsx
from . import control_slip
from . import dossier_register
from . import dossier_register_xlsx
from . import satisfaction_report
from . import satisfaction_report_xlsx
