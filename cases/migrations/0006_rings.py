"""Let one case have many members, and remember how far the nightly look for rings has come."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_routing_and_service_levels"),
        ("signals", "0006_name_all_streams"),
    ]

    operations = [
        migrations.CreateModel(
            name="RingRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("event_id", models.BigIntegerField(help_text="looked at up to here")),
                ("last_event_id", models.BigIntegerField()),
                ("case_signal_id", models.BigIntegerField(help_text="looked at up to here")),
                ("last_case_signal_id", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["-started_at"], name="ring_run_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        models.Value(1),
                        condition=models.Q(("finished_at__isnull", True)),
                        name="ring_run_unfinished_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "shared",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("added_at", models.DateTimeField()),
                ("command", models.CharField(blank=True, default="", max_length=32)),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="cases.case",
                    ),
                ),
                (
                    "closing",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closed_members",
                        to="cases.decision",
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ring_members",
                        to="cases.decision",
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="signals.entity",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "entity"), name="case_member_once")],
            },
        ),
    ]
