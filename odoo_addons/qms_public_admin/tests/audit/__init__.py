from . import test_audit_checklist
from . import test_audit_sample
from . import test_audit_finding
from . import test_audit_plan
from . import test_audit_plan_attacks
from . import test_audit_plan_kernel
from . import test_audit_plan_security
from . import test_audit_programme
