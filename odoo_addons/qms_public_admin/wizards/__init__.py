from . import core
from . import document
from . import procedure
from . import dossier
from . import frontdesk
