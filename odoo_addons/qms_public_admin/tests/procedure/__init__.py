from . import test_procedure_js
