"""Keep what the scores of detectors have meant by labels, night by night."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signals", "0010_feature_log"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalibrationRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("night", models.DateField(unique=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("detector_id", models.BigIntegerField(default=0, help_text="looked at up to here")),
            ],
        ),
        migrations.CreateModel(
            name="Calibration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("detector_version", models.CharField(max_length=16)),
                ("as_of", models.DateTimeField()),
                ("method", models.CharField(default="isotonic", max_length=16)),
                ("scores", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ("probabilities", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ("bad", models.IntegerField()),
                ("good", models.IntegerField()),
                ("lanes", models.JSONField()),
                ("is_weighted", models.BooleanField()),
                ("is_current", models.BooleanField(default=True)),
                ("fitted_at", models.DateTimeField()),
                (
                    "applied_up_to",
                    models.BigIntegerField(default=0, help_text="open cases were ranked anew up to this id"),
                ),
                ("applied_at", models.DateTimeField(null=True)),
                (
                    "detector",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calibrations",
                        to="signals.detector",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["detector", "-id"], name="calibration_newest"),
                    models.Index(
                        condition=models.Q(("applied_at__isnull", True)), fields=["id"], name="calibration_unapplied"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)), fields=("detector",), name="calibration_current_once"
                    )
                ],
            },
        ),
    ]
