from . import citizen_common
from . import citizen_lookup
from . import portal_dossiers
