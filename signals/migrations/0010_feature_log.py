"""Make room for the feature log: what waits to be copied, and which files it has. What was scored before waits too."""

import django.contrib.postgres.fields
from django.db import migrations, models

WAITING = """
INSERT INTO signals_scoredbatch (event_ids, scored_at)
SELECT array_agg(id ORDER BY id), max(scored_at) FROM signals_event
WHERE features IS NOT NULL AND feature_version IS NOT NULL GROUP BY id / 500"""


class Migration(migrations.Migration):
    dependencies = [
        ("signals", "0009_mutes_and_bounded_letters"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScoredBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "event_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("scored_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="FeaturePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempts", models.SmallIntegerField(db_default=0, default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("fence", models.IntegerField(db_default=0, default=0)),
                ("last_error", models.TextField(blank=True, db_default="", default="")),
                (
                    "event_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("files", models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ("planned_at", models.DateTimeField()),
                ("written_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("written_at__isnull", True)), fields=["id"], name="feature_part_unwritten"
                    )
                ],
            },
        ),
        migrations.RunSQL(WAITING, migrations.RunSQL.noop),
    ]
