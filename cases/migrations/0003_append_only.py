"""Make decisions and what their deciders saw immutable."""

from django.conf import settings
from django.db import migrations

TABLES = ("cases_decision", "cases_evidencesnapshot")


def protect(apps, schema_editor):
    """Refuse UPDATE, DELETE and TRUNCATE by trigger and by grant."""
    app, owner = (settings.DATABASES[alias]["USER"] for alias in ("default", "owner"))
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        if app != owner:
            schema_editor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {schema_editor.quote_name(app)}")


def unprotect(apps, schema_editor):
    """Drop the triggers; grants stay narrow."""
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER no_change ON {table}")


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_initial"), ("core", "0003_append_only")]
    operations = [migrations.RunPython(protect, unprotect)]
