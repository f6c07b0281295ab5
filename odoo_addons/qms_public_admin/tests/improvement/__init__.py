from . import test_improvement_indicator
from . import test_improvement_kernel
from . import test_improvement_measure
from . import test_improvement_nonconformity
from . import test_improvement_committee
from . import test_improvement_risk
from . import test_improvement_risk_attacks
from . import test_improvement_risk_kernel
