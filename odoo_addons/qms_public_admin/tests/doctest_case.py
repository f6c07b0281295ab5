import doctest
import sys
from pathlib import Path

from odoo.tests import BaseCase


class DoctestCase(BaseCase):
    """Runs the examples in the docstrings of an addon: none can be forgotten."""

    def _run_examples(self, addon):
        """Run the examples of all modules that the addon has loaded, but its tests."""
        names = [name for name in sys.modules if name.startswith(f"odoo.addons.{addon}.")]
        modules = [sys.modules[name] for name in sorted(names) if ".tests" not in name]
        with_examples = [module for module in modules if ">>>" in Path(module.__file__).read_text()]
        self.assertTrue(with_examples)
        for module in with_examples:
            with self.subTest(module=module.__name__):
                result = doctest.testmod(module)
                self.assertTrue(result.attempted)
                self.assertFalse(result.failed)
