from . import test_audit_checklist
from . import test_audit_sample
from . import test_audit_finding
