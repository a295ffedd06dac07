import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_sign_in_tries"),
    ]

    operations = [
        migrations.CreateModel(
            name="StageCount",
            fields=[
                ("name", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("handled", models.BigIntegerField(default=0)),
                ("runs", models.BigIntegerField(default=0)),
                ("seconds", models.FloatField(default=0)),
                ("last_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="alarm",
            name="acknowledged_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="AlarmNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempts", models.SmallIntegerField(db_default=0, default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("fence", models.IntegerField(db_default=0, default=0)),
                ("last_error", models.TextField(blank=True, db_default="", default="")),
                ("channel", models.CharField(max_length=12)),
                ("event", models.CharField(max_length=12)),
                ("created_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "alarm",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="core.alarm",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)), fields=["id"], name="alarm_notice_unsent"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("alarm", "channel", "event"), name="alarm_notice_once")
                ],
            },
        ),
    ]
