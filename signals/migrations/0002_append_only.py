"""Make evidence and labels immutable: events and signals keep only their work columns open, labels none."""

from django.conf import settings
from django.db import migrations

WORK = ("attempts", "next_at", "leased_until", "fence", "last_error")
OPEN = {
    "signals_event": (*WORK, "features", "feature_version", "scored_at"),
    "signals_signal": (*WORK, "routed_at", "retracted_at"),
    "signals_signalevent": (),
    "signals_label": (),
}


def _columns(schema_editor, table):
    with schema_editor.connection.cursor() as cursor:
        return [column.name for column in schema_editor.connection.introspection.get_table_description(cursor, table)]


def protect(apps, schema_editor):
    """Refuse DELETE, TRUNCATE and UPDATE of every closed column, by trigger and by grant."""
    app, owner = (settings.DATABASES[alias]["USER"] for alias in ("default", "owner"))
    for table, open_columns in OPEN.items():
        closed = ", ".join(name for name in _columns(schema_editor, table) if name not in open_columns)
        schema_editor.execute(
            f"CREATE TRIGGER no_removal BEFORE DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        schema_editor.execute(
            f"CREATE TRIGGER no_change BEFORE UPDATE OF {closed} ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        if app != owner:
            role = schema_editor.quote_name(app)
            schema_editor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {role}")
            if open_columns:
                schema_editor.execute(f"GRANT UPDATE ({', '.join(open_columns)}) ON {table} TO {role}")


def unprotect(apps, schema_editor):
    """Drop the triggers; grants stay narrow."""
    for table in OPEN:
        schema_editor.execute(f"DROP TRIGGER no_removal ON {table}")
        schema_editor.execute(f"DROP TRIGGER no_change ON {table}")


class Migration(migrations.Migration):
    dependencies = [("signals", "0001_initial"), ("core", "0003_append_only")]
    operations = [migrations.RunPython(protect, unprotect)]
