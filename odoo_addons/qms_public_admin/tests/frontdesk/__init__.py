from . import test_frontdesk_lookup_key
