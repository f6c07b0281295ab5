"""The commands of ``./qms``: everything between a bare machine and a running Odoo."""
