from . import test_improvement_measure
