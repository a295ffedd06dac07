"""Draw cases from all traffic, say whether a probability is calibrated, and index what is past twice its due time."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_look_a_second_time"),
        ("signals", "0011_calibration"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BinaryField(max_length=32)),
                ("inclusion_probability", models.FloatField(null=True)),
                ("joined", models.BooleanField(db_default=False, default=False)),
            ],
        ),
        migrations.CreateModel(
            name="SamplingLane",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=40, unique=True)),
                (
                    "lane",
                    models.CharField(
                        choices=[
                            ("detection", "Detection"),
                            ("random", "Random"),
                            ("shadow", "Shadow"),
                            ("uncertainty", "Uncertainty"),
                            ("diversity", "Diversity"),
                            ("gold", "Gold"),
                            ("second_review", "Second Review"),
                            ("appeal", "Appeal"),
                            ("report", "Report"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), size=None),
                ),
                ("daily_budget", models.SmallIntegerField()),
                ("is_blind", models.BooleanField(default=True)),
                ("is_on", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="SamplingPeriod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("budget", models.SmallIntegerField()),
                ("event_id", models.BigIntegerField(help_text="looked at up to here")),
                ("last_event_id", models.BigIntegerField()),
                ("left_out", models.BigIntegerField(db_default=0, default=0)),
                ("drawn_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SamplingStratum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=32)),
                ("is_flagged", models.BooleanField()),
                ("population", models.BigIntegerField()),
                ("taken", models.IntegerField(db_default=0, default=0)),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="is_calibrated",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="the probability comes from labels, not from the score as it is",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("rerank_at__isnull", True), ("state", "queued")),
                fields=["queue", "due_at", "id"],
                name="case_overdue",
            ),
        ),
        migrations.AddField(
            model_name="draw",
            name="case",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="draws", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="draw",
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
            model_name="draw",
            name="event",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="signals.event",
            ),
        ),
        migrations.AddField(
            model_name="samplinglane",
            name="abuse_type",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lanes",
                to="signals.abusetype",
            ),
        ),
        migrations.AddField(
            model_name="samplingperiod",
            name="lane",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="periods",
                to="cases.samplinglane",
            ),
        ),
        migrations.AddField(
            model_name="samplingstratum",
            name="period",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="strata",
                to="cases.samplingperiod",
            ),
        ),
        migrations.AddField(
            model_name="samplingstratum",
            name="source",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="signals.source"
            ),
        ),
        migrations.AddField(
            model_name="draw",
            name="stratum",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="draws",
                to="cases.samplingstratum",
            ),
        ),
        migrations.AddConstraint(
            model_name="samplinglane",
            constraint=models.CheckConstraint(
                condition=models.Q(("daily_budget__gte", 1), ("daily_budget__lte", 500)), name="sampling_lane_budget"
            ),
        ),
        migrations.AddIndex(
            model_name="samplingperiod",
            index=models.Index(condition=models.Q(("drawn_at__isnull", True)), fields=["id"], name="sampling_undrawn"),
        ),
        migrations.AddConstraint(
            model_name="samplingperiod",
            constraint=models.UniqueConstraint(fields=("lane", "day"), name="sampling_period_once"),
        ),
        migrations.AddConstraint(
            model_name="samplingstratum",
            constraint=models.UniqueConstraint(
                fields=("period", "kind", "source", "is_flagged"), name="sampling_stratum_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=models.UniqueConstraint(fields=("stratum", "number", "event"), name="draw_once"),
        ),
        migrations.AddConstraint(
            model_name="draw",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("inclusion_probability__isnull", True),
                    models.Q(("inclusion_probability__gt", 0), ("inclusion_probability__lte", 1)),
                    _connector="OR",
                ),
                name="draw_inclusion_range",
            ),
        ),
    ]
