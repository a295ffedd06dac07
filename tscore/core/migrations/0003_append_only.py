"""Make the audit trail append-only by grant and by trigger; the sealer alone adds a row's place in the chain, once."""

from django.conf import settings
from django.db import migrations

FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
"""
TRIGGERS = """
CREATE TRIGGER audit_no_delete BEFORE DELETE ON core_auditevent FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON core_auditevent EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_no_update BEFORE UPDATE OF id, at, actor_id, actor_name, on_behalf_of, verb, object_type,
    object_ref, before, after, reason, request_id, ip ON core_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_sealed_once BEFORE UPDATE OF seq, previous_hash, hash ON core_auditevent
    FOR EACH ROW WHEN (OLD.seq IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON core_auditcheckpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
REVERSE = """
DROP TRIGGER audit_no_delete ON core_auditevent;
DROP TRIGGER audit_no_truncate ON core_auditevent;
DROP TRIGGER audit_no_update ON core_auditevent;
DROP TRIGGER audit_sealed_once ON core_auditevent;
DROP TRIGGER checkpoint_no_change ON core_auditcheckpoint;
DROP FUNCTION refuse_change();
"""


def restrict(apps, schema_editor):
    """Leave the app INSERT and SELECT on the trail, and the sealer the chain columns."""
    names = {alias: settings.DATABASES[alias]["USER"] for alias in ("default", "owner", "sealer")}
    app, sealer = (schema_editor.quote_name(names[alias]) for alias in ("default", "sealer"))
    if names["default"] != names["owner"]:
        schema_editor.execute(f"REVOKE UPDATE, DELETE ON core_auditevent FROM {app}")
        schema_editor.execute(f"REVOKE INSERT, UPDATE, DELETE ON core_auditcheckpoint FROM {app}")
    if names["sealer"] not in (names["owner"], names["default"]):
        schema_editor.execute(f"REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public FROM {sealer}")
        schema_editor.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE INSERT, UPDATE, DELETE ON TABLES FROM {sealer}"
        )
        schema_editor.execute(f"GRANT UPDATE (seq, previous_hash, hash) ON core_auditevent TO {sealer}")
        schema_editor.execute(f"GRANT INSERT ON core_auditcheckpoint TO {sealer}")


class Migration(migrations.Migration):
    dependencies = [("core", "0002_privileges")]
    operations = [
        migrations.RunSQL(FUNCTION + TRIGGERS, REVERSE),
        migrations.RunPython(restrict, migrations.RunPython.noop),
    ]
