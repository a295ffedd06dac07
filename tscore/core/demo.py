"""What marks the people and keys of a demo world.

Their passwords follow from a seed that anybody can read and stand on the sign-in page, so outside a demo they are
refused, whatever database they were left in. The mark is part of the address and of the key itself: it cannot be lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings

if TYPE_CHECKING:
    from tscore.core.models import ApiKey, User

# `.test` is reserved: nobody can have such an address. `o` is no letter of our base 32: no drawn prefix looks so.
DOMAIN: Final = "demo.test"
KEY_MARK: Final = "demo"


def may_not_sign_in(person: User) -> bool:
    """Tell whether a person belongs to a demo world and this is none."""
    return not settings.DEMO and person.email.endswith(f"@{DOMAIN}")


def may_not_be_used(key: ApiKey) -> bool:
    """Tell whether a key belongs to a demo world and this is none."""
    return not settings.DEMO and key.prefix.startswith(KEY_MARK)
