from . import qms_improvement_dialog
from . import qms_nonconformity_raise
