from datetime import UTC, datetime

import pytest

from signals.models import PersonalText
from signals.queries.written import Question, find_written
from tscore import invariants
from tscore.bench import many_cases, search

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_titles_are_found_and_break_no_rule():
    many_cases.as_owner(search.SQL.read_text(), {"listings": 60, "now": NOW})

    texts = list(PersonalText.objects.filter(member="title").values_list("text", flat=True))
    first = texts[0].split()[0]
    found = find_written(Question([first]))

    assert len(texts) == 60
    assert found.totals["listing"] == sum(first in text.split() for text in texts)
    assert invariants.breaches(invariants.FAULTS) == []
