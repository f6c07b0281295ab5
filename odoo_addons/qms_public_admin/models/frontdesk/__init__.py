from . import qms_dossier_lookup
from . import qms_rating_invitation
from . import qms_dossier_rating
from . import res_company
from . import res_config_settings
from . import qms_public_attempt
from . import qms_dossier_message
from . import qms_dossier_applicant
