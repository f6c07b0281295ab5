from .core import *
from .procedure import *
from .dossier import *
