"""Say of dead letters that labels are refused too; the database is left as it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("signals", "0005_link_key")]

    operations = [
        migrations.AlterField(
            model_name="deadletter",
            name="stream",
            field=models.CharField(help_text="events, signals or labels", max_length=16),
        ),
    ]
