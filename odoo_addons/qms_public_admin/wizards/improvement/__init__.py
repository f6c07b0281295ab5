from . import qms_improvement_dialog
from . import qms_nonconformity_raise
from . import qms_indicator_entry
from . import qms_committee_leave
from . import qms_context_review_entry
from . import qms_risk_assess
from . import qms_risk_words
from . import qms_review_report_done
