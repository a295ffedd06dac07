"""Let a changed promise be applied in a second round, for cases committed behind the first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_rings"),
    ]

    operations = [
        migrations.AddField(
            model_name="queue",
            name="recompute_at",
            field=models.DateTimeField(help_text="when to look a second time; empty in the first round", null=True),
        ),
    ]
