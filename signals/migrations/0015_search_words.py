"""Find what people wrote by its words, and domains by their parts.

Both indexes are partial, because each event pays for them: the words of titles, descriptions, messages and names, at
most their first 2,000 letters, and the parts of domains, which are seldom new. Typos in words and ids need no index.
`pg_trgm` is a trusted extension: the owner of a database may add it.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, TrigramExtension
from django.contrib.postgres.search import SearchVector
from django.db import migrations
from django.db.models import Q
from django.db.models.functions import Left


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("signals", "0014_rewrite_in_place"),
    ]

    operations = [
        TrigramExtension(),
        AddIndexConcurrently(
            model_name="entity",
            index=GinIndex(
                condition=Q(("kind", "domain")),
                fields=["external_id"],
                name="entity_domain_parts",
                opclasses=["gin_trgm_ops"],
            ),
        ),
        AddIndexConcurrently(
            model_name="personaltext",
            index=GinIndex(
                SearchVector(Left("text", 2000), config="simple"),
                condition=Q(("member__in", ("title", "description", "text", "name"))),
                name="personaltext_words",
            ),
        ),
    ]
