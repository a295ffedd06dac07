"""Find the newest reports of all, to weigh each by how often they are right."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signals", "0011_calibration"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("kind", "report.created")), fields=["occurred_at"], name="event_report"
            ),
        ),
    ]
