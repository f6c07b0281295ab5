from . import test_document_standard
from . import test_document_evidence
from . import test_document_transition
from . import test_document_legal
from . import test_document_legal_import
from . import test_document_standard_security
from . import test_document_standard_attacks
