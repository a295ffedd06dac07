"""Find the cases whose wait is over without reading all open ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_append_only")]
    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["wait_until"], name="case_waiting", condition=models.Q(("state", "waiting"))),
        )
    ]
