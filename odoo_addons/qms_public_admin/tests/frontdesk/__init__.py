from . import test_frontdesk_lookup_key
from . import test_frontdesk_rating_invitation
from . import test_frontdesk_lookup
