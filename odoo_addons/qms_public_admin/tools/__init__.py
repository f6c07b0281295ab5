"""Kernels without the ORM: nothing in this package imports ``odoo``."""
