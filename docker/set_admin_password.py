"""Replace the password that every new Odoo database gives its administrator.

Runs inside ``odoo shell``. A password that somebody has chosen since is left alone.
"""

import os

from odoo.exceptions import AccessDenied

admin = env.ref("base.user_admin")  # noqa: F821 (the shell's own name)
try:
    admin.with_user(admin)._check_credentials(
        {"type": "password", "password": "admin"}, {"interactive": False}
    )
except AccessDenied:
    pass
else:
    admin.password = os.environ["QMS_ADMIN_PASSWORD"]
    env.cr.commit()  # noqa: F821
