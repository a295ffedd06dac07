"""Let an abuse type have several queues, chosen by rules, each with promises that follow opening hours."""

import datetime

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_index_waiting_cases"),
        ("signals", "0006_name_all_streams"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseWait",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("wait_for", models.CharField(max_length=32)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="OpenSpan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                ("seconds_before", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="RoutingRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.IntegerField(help_text="read in this order")),
                ("name", models.CharField(max_length=80)),
                ("conditions", models.JSONField(default=list)),
                ("is_on", models.BooleanField(default=True)),
                ("version", models.IntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="SlaPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("info", "Info"),
                            ("low", "Low"),
                            ("medium", "Medium"),
                            ("high", "High"),
                            ("critical", "Critical"),
                        ],
                        max_length=8,
                    ),
                ),
                ("target_minutes", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="WorkingCalendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=64, unique=True)),
                ("time_zone", models.CharField(default="UTC", max_length=64)),
                ("hours", models.JSONField()),
                (
                    "holidays",
                    django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None),
                ),
                ("spans_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="paused",
            field=models.DurationField(
                db_default=datetime.timedelta(0),
                default=datetime.timedelta(0),
                help_text="opening time spent waiting for somebody outside",
            ),
        ),
        migrations.AddField(
            model_name="queue",
            name="is_default",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="queue",
            name="recompute_after",
            field=models.BigIntegerField(
                help_text="id of the last case whose due time follows a changed promise; empty when all do", null=True
            ),
        ),
        migrations.AlterField(
            model_name="queue",
            name="abuse_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="queues", to="signals.abusetype"
            ),
        ),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)), fields=("abuse_type",), name="queue_default_once"
            ),
        ),
        migrations.AddField(
            model_name="casewait",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="waits", to="cases.case"),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="queue",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="routing_rules", to="cases.queue"
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="routing_rule",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.routingrule",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["opened_at"], name="case_opened"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state", "closed")), fields=["queue", "closed_at"], name="case_closed"
            ),
        ),
        migrations.AddField(
            model_name="slapolicy",
            name="queue",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sla_policies",
                to="cases.queue",
            ),
        ),
        migrations.AddField(
            model_name="slapolicy",
            name="calendar",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="policies",
                to="cases.workingcalendar",
            ),
        ),
        migrations.AddField(
            model_name="openspan",
            name="calendar",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="spans",
                to="cases.workingcalendar",
            ),
        ),
        migrations.AddConstraint(
            model_name="casewait",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("case",), name="case_waits_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="slapolicy",
            constraint=models.UniqueConstraint(fields=("queue", "severity"), name="sla_policy_once"),
        ),
        migrations.AddConstraint(
            model_name="slapolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("target_minutes__gt", 0)), name="sla_target_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="openspan",
            constraint=models.UniqueConstraint(fields=("calendar", "opens_at"), name="span_opens_once"),
        ),
        migrations.AddConstraint(
            model_name="openspan",
            constraint=models.UniqueConstraint(fields=("calendar", "seconds_before"), name="span_counts_on"),
        ),
        migrations.AddConstraint(
            model_name="openspan",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes_at__gt", models.F("opens_at"))), name="span_has_length"
            ),
        ),
    ]
