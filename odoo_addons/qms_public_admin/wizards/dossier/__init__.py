from . import qms_dossier_dialog
