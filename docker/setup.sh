#!/bin/bash
# Installs the addons into the database, or upgrades them, before the server starts.
set -euo pipefail

addons=qms_public_admin,qms_reports

/entrypoint.sh odoo --database="$QMS_DATABASE" --init="$addons" --update="$addons" \
    --load-language=vi_VN --without-demo --stop-after-init --no-http
/entrypoint.sh odoo shell --database="$QMS_DATABASE" --no-http < /opt/qms/set_admin_password.py
