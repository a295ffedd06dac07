"""Personal values with only as much in sight as tells one from another. Pure."""

from __future__ import annotations

from cases.queries.names import EntityName


def masked(name: EntityName) -> str:
    """Return how an entity is called; of a personal value, the part by which people recognise it.

    An e-mail address keeps its first letter and domain, a number its end. What is no personal value stays as it is,
    and so does an IP address, whose network is what is looked at.
    """
    if not name.personal or name.kind == "ip":
        return name.text
    if name.kind == "email":
        local, at, domain = name.text.rpartition("@")
        return f"{local[:1]}…{at}{domain}"
    return f"…{name.text[-4:]}"
