"""Find the payouts of an account without reading all that it did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("signals", "0012_find_reports"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="involvement",
            index=models.Index(
                condition=models.Q(
                    ("kind__in", ("payout.requested", "payout.held", "payout.released", "payout.paid")),
                    ("superseded_at__isnull", True),
                ),
                fields=["entity"],
                name="involvement_payout",
            ),
        ),
    ]
