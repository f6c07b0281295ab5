from . import plain_text
from . import qms_confidential_mixin
from . import qms_placement_mixin
from . import qms_lifecycle_mixin
from . import qms_fact_mixin
from . import qms_approval_mixin
from . import qms_year_plan_mixin
from . import qms_counter_mixin
