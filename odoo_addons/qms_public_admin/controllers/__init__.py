from . import citizen_common
from . import citizen_lookup
from . import citizen_request
from . import portal_dossiers
from . import rating
from . import rating_survey
from . import portal_tickets
from . import documents
