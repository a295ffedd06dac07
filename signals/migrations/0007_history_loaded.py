"""Remember how far archives are loaded, and give signals of loaded history a mode of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signals", "0006_name_all_streams"),
    ]

    operations = [
        migrations.CreateModel(
            name="Backfill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("total", models.BigIntegerField()),
                ("position", models.BigIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("labels", models.BigIntegerField(default=0)),
                ("first_refusal", models.TextField(blank=True, default="")),
                ("started_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AlterField(
            model_name="detector",
            name="mode",
            field=models.CharField(
                choices=[("live", "Live"), ("shadow", "Shadow"), ("backfill", "Backfill")], default="live", max_length=8
            ),
        ),
        migrations.AlterField(
            model_name="signal",
            name="mode",
            field=models.CharField(
                choices=[("live", "Live"), ("shadow", "Shadow"), ("backfill", "Backfill")], default="live", max_length=8
            ),
        ),
    ]
