"""Let the app and sealer roles read and write, but never own, truncate or alter.

Without roles of their own (one DATABASE_URL for all) there is nothing to grant; the triggers still stand.
"""

from django.conf import settings
from django.db import migrations


def _roles():
    names = {alias: settings.DATABASES[alias]["USER"] for alias in ("default", "owner", "sealer")}
    return [names[alias] for alias in ("default", "sealer") if names[alias] != names["owner"]]


def grant(apps, schema_editor):
    """Grant row access on every table there is and every table to come."""
    for role in dict.fromkeys(_roles()):
        name = schema_editor.quote_name(role)
        for statement in (
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {name}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {name}",
        ):
            schema_editor.execute(statement)


def revoke(apps, schema_editor):
    """Take the grants back."""
    for role in dict.fromkeys(_roles()):
        name = schema_editor.quote_name(role)
        for statement in (
            f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}",
            f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {name}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {name}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {name}",
        ):
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(grant, revoke)]
