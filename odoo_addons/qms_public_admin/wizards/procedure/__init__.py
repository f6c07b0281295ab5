from . import qms_procedure_compare
from . import qms_procedure_compare_line
from . import qms_procedure_coverage
from . import qms_procedure_coverage_line
