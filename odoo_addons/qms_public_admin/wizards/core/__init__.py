from . import qms_event_verification
