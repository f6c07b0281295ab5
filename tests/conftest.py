"""What the tests that span both addons share."""

import inspect


def pytest_pycollect_makeitem(collector, name, obj):
    """Give Odoo's test classes the tags that only those inside an addon receive."""
    is_odoo_test = inspect.isclass(obj) and hasattr(obj, "get_method_additional_tags")
    if is_odoo_test and not hasattr(obj, "test_tags"):
        obj.test_tags = {"standard", "post_install"}
        obj.test_module = obj.__module__.split(".")[0]
