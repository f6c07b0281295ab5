from . import test_dossier_flow
