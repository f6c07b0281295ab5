from . import core
from . import document
from . import procedure
from . import dossier
from . import frontdesk
from . import audit
from . import improvement
