"""Make room for mutes, and let dead letters be counted, bounded and sent in again in batches."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# As beside the other columns of a signal: what was muted stays muted.
GUARD = """
CREATE TRIGGER no_change_of_mute BEFORE UPDATE OF muted_by_id ON signals_signal
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"""
UNGUARD = "DROP TRIGGER no_change_of_mute ON signals_signal"

COUNT = """
INSERT INTO signals_deadlettertally (source_id, code, letters, open, bytes, unkept, sampled, expired, last_at)
SELECT source_id, code, count(*), count(*) FILTER (WHERE state = 'open'), sum(octet_length(body)), 0, 0, 0,
  max(received_at)
FROM signals_deadletter WHERE source_id IS NOT NULL GROUP BY source_id, code"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_alarm_notices"),
        ("signals", "0008_lean_involvements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DeadLetterReplay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempts", models.SmallIntegerField(db_default=0, default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("fence", models.IntegerField(db_default=0, default=0)),
                ("last_error", models.TextField(blank=True, db_default="", default="")),
                ("code", models.CharField(blank=True, default="", max_length=32)),
                ("kind", models.CharField(blank=True, default="", max_length=32)),
                ("since", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("last_id", models.BigIntegerField()),
                ("position", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField()),
                ("stored", models.BigIntegerField(default=0)),
                ("refused", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="DeadLetterTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32)),
                ("letters", models.BigIntegerField(default=0)),
                ("open", models.BigIntegerField(default=0)),
                ("bytes", models.BigIntegerField(default=0)),
                ("unkept", models.BigIntegerField(default=0)),
                ("unkept_at", models.DateTimeField(null=True)),
                ("sampled", models.IntegerField(default=0)),
                ("expired", models.BigIntegerField(default=0)),
                ("last_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Mute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="deadletter",
            name="attempts",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="deadletter",
            name="fence",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="deadletter",
            name="kind",
            field=models.CharField(blank=True, db_default="", default="", max_length=32),
        ),
        migrations.AddField(
            model_name="deadletter",
            name="last_error",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="deadletter",
            name="leased_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="deadletter",
            name="next_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="deadletter",
            name="settled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="deadletter",
            name="source",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="signals.source",
            ),
        ),
        migrations.AlterField(
            model_name="deadletter",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Open"),
                    ("replayed", "Replayed"),
                    ("dismissed", "Dismissed"),
                    ("expired", "Expired"),
                ],
                default="open",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="detector",
            name="mode",
            field=models.CharField(
                choices=[("live", "Live"), ("shadow", "Shadow"), ("backfill", "Backfill"), ("muted", "Muted")],
                default="live",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="signal",
            name="mode",
            field=models.CharField(
                choices=[("live", "Live"), ("shadow", "Shadow"), ("backfill", "Backfill"), ("muted", "Muted")],
                default="live",
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="deadletter",
            index=models.Index(fields=["state", "id"], name="letter_state"),
        ),
        migrations.AddIndex(
            model_name="deadletter",
            index=models.Index(fields=["source", "state", "id"], name="letter_source"),
        ),
        migrations.AddField(
            model_name="deadletterreplay",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="deadletterreplay",
            name="source",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="signals.source",
            ),
        ),
        migrations.AddField(
            model_name="deadlettertally",
            name="source",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="signals.source"
            ),
        ),
        migrations.AddField(
            model_name="mute",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="mute",
            name="detector",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="mutes", to="signals.detector"
            ),
        ),
        migrations.AddField(
            model_name="mute",
            name="entity",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="signals.entity",
            ),
        ),
        migrations.AddField(
            model_name="mute",
            name="lifted_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="signal",
            name="muted_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signals",
                to="signals.mute",
            ),
        ),
        migrations.AddIndex(
            model_name="signal",
            index=models.Index(
                condition=models.Q(("muted_by__isnull", False)), fields=["muted_by", "id"], name="signal_muted_by"
            ),
        ),
        migrations.AddIndex(
            model_name="signal",
            index=models.Index(
                condition=models.Q(("muted_by__isnull", False)), fields=["entity", "id"], name="signal_muted"
            ),
        ),
        migrations.AddIndex(
            model_name="deadletterreplay",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", True)), fields=["id"], name="letter_replay_unfinished"
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlettertally",
            constraint=models.UniqueConstraint(fields=("source", "code"), name="letter_tally_once"),
        ),
        migrations.AddIndex(
            model_name="mute",
            index=models.Index(
                condition=models.Q(("lifted_at__isnull", True)),
                fields=["detector", "entity", "expires_at"],
                name="mute_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="mute",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("created_at"))), name="mute_ends"
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
