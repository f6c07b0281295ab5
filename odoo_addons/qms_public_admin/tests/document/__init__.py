from . import test_document_acknowledgement
from . import test_document_attacks
from . import test_document_flow
from . import test_document_import
from . import test_document_numbering
from . import test_document_performance
from . import test_document_search
