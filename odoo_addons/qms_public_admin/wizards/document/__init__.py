from . import qms_document_compare
from . import qms_document_control
from . import qms_document_words
from . import qms_document_import
from . import qms_document_import_line
