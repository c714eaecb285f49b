"""Rows and how they are kept: tables, one transaction per request, migrations."""
