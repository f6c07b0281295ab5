from . import qms_dossier_dialog
from . import qms_clock_what_if
from . import qms_clock_what_if_pause
from . import qms_dossier_numbers
