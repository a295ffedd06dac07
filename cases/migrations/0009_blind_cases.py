"""Let a drawn case hide what was found until it is decided."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_sampling_lanes"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="is_blind",
            field=models.BooleanField(
                db_default=False, default=False, help_text="drawn: findings and rank are shown once it is decided"
            ),
        ),
    ]
