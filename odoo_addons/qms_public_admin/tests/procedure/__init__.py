from . import test_procedure_check
from . import test_procedure_document
from . import test_procedure_flow
from . import test_procedure_freeze
from . import test_procedure_import
from . import test_procedure_performance
from . import test_procedure_security
from . import test_procedure_attacks
