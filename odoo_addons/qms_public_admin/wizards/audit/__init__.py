from . import qms_audit_words
