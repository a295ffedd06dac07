"""Let a case keep what its signals came to, so that a new one is added without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0009_blind_cases"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="top_money_minor",
            field=models.BigIntegerField(help_text="most money that one of its live signals names", null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="top_score",
            field=models.FloatField(help_text="highest score of its live signals; none: to be counted anew", null=True),
        ),
    ]
