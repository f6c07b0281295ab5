# Mixins first, then the domains in the order in which they rely on each other.
from . import mixins
from . import core
from . import document
from . import procedure
from . import dossier
from . import frontdesk
from . import audit
from . import improvement
