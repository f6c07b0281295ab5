from . import test_addon_integrity
from .core import *
from .procedure import *
from .dossier import *
