from . import test_dossier_flow
from . import test_dossier_concurrency
from . import test_dossier_security
from . import test_dossier_import_kernel
from . import test_dossier_import_flow
from . import test_dossier_import_resume
from . import test_dossier_import_unattended
from . import test_dossier_import_security
