from . import test_addon_integrity
from . import test_dates
from . import test_tours
from . import test_translations
from .core import *
from .procedure import *
from .dossier import *
from .frontdesk import *
