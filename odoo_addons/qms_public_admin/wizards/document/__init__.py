from . import qms_evidence_matrix
from . import qms_evidence_matrix_cell
from . import qms_evidence_matrix_line
from . import qms_legal_document_import
from . import qms_legal_document_import_line
from . import qms_standard_transition_reason
