from . import test_document_attacks
from . import test_document_flow
from . import test_document_numbering
