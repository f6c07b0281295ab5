from . import qms_lifecycle_mixin
