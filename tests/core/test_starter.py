from django.contrib.auth.models import Group
from django.core.management import call_command

from tscore.core.groups import GROUPS
from tscore.core.models import FxRate


def test_starter_creates_groups_and_rates_once(db):
    before = (Group.objects.count(), FxRate.objects.count())

    call_command("load_starter", verbosity=0)

    assert set(Group.objects.values_list("name", flat=True)) == set(GROUPS.values())
    assert (Group.objects.count(), FxRate.objects.count()) == before
