from . import qms_dossier_answer
