from . import test_dossier_flow
from . import test_dossier_concurrency
from . import test_dossier_security
