from . import test_improvement_indicator
from . import test_improvement_kernel
from . import test_improvement_measure
from . import test_improvement_nonconformity
