from . import core
from . import procedure
from . import dossier
from . import frontdesk
