from . import qms_dossier_lookup
