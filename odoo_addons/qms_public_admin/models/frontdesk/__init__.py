from . import qms_dossier_lookup
from . import qms_rating_invitation
from . import qms_dossier_rating
