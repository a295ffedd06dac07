"""Index links by what stays when they are seen again, with room beside them; drop a summary that sums up nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signals", "0013_find_payouts"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="link", name="link_target"),
        migrations.AddIndex(
            model_name="link", index=models.Index(fields=["target", "first_seen_at"], name="link_target")
        ),
        migrations.RunSQL(
            "ALTER TABLE signals_link SET (fillfactor = 90)", "ALTER TABLE signals_link RESET (fillfactor)"
        ),
        migrations.RemoveIndex(model_name="event", name="event_received"),
    ]
