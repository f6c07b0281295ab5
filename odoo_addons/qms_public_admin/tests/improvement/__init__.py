from . import test_improvement_measure
from . import test_improvement_nonconformity
