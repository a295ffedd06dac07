"""The members of a mapping: each has its place in `data` and a reader that fits its declared form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from signals.kinds import Kind
from signals.kinds_members import Member, Shape
from signals.kinds_structs import Context as ContextStruct
from signals.sources.mapped import values
from signals.sources.mapped.checks import BadMapping, Context, require_known
from signals.sources.mapped.values import Reader

INNER = {
    Shape.CONTEXT: ContextStruct.__struct_fields__,
    Shape.TARGET: ("kind", "id"),
}
OPTIONS = ("column", "words", "currency", "unit", "format")


@dataclass(frozen=True, slots=True)
class Placed:
    """One member: where it goes, how it is read, and for which kinds it is declared."""

    path: tuple[str, ...]
    read: Reader
    kinds: frozenset[str]


def placed(members: Any, constants: Any, kinds: Sequence[Kind], context: Context) -> list[Placed]:
    """Check every member against the kinds it is for."""
    if not isinstance(members, Mapping) or not isinstance(constants, Mapping):
        raise BadMapping("members and constants are tables.")
    found = [_mapped(name, spec, kinds, context) for name, spec in members.items()]
    found += [_constant(name, value, kinds) for name, value in constants.items()]
    for kind in kinds:
        _require_whole(kind, found)
    return found


def _mapped(name: str, spec: Any, kinds: Sequence[Kind], context: Context) -> Placed:
    member, path, holders = _place(name, kinds)
    if isinstance(spec, Mapping):
        require_known(spec, OPTIONS, f"members.{name}", "option")
    return Placed(path, _reader(member, path, spec, context), holders)


def _constant(name: str, value: Any, kinds: Sequence[Kind]) -> Placed:
    member, path, holders = _place(name, kinds)
    if member.shape is Shape.WORD:
        require_known([value], member.words, name, "word")
    return Placed(path, lambda row: value, holders)


def _place(name: str, kinds: Sequence[Kind]) -> tuple[Member, tuple[str, ...], frozenset[str]]:
    """Find the member that a name such as `buyer` or `context.ip` means."""
    outer, _, inner = name.partition(".")
    holders = [kind for kind in kinds if outer in kind.by_name]
    if not holders:
        known = dict.fromkeys(member for kind in kinds for member in kind.by_name)
        require_known([outer], known, " and ".join(dict.fromkeys(kind.name for kind in kinds)))
    member = holders[0].by_name[outer]
    if member.shape in INNER:
        require_known([inner], INNER[member.shape], outer)
    elif bool(inner) != (member.shape is Shape.EXTRA):
        raise BadMapping(
            f"{name}: extra holds members of its own, as in extra.channel." if member.shape is Shape.EXTRA
            else f"{outer} has no members of its own: write it without {inner!r}."
        )  # fmt: skip
    path = (outer, inner) if inner else (outer,)
    return member, path, frozenset(kind.name for kind in holders)


def _reader(member: Member, path: tuple[str, ...], spec: Any, context: Context) -> Reader:
    place = f"members.{'.'.join(path)}"
    if member.shape is Shape.CHANGES:
        raise BadMapping("changes has no place in a table: send such events as lines of our own (jsonl).")
    cell = context.cell(spec, place)
    options = spec if isinstance(spec, Mapping) else {}
    if member.shape is Shape.MONEY:
        return _money(cell, options, context, place)
    if member.shape is Shape.TIME:
        return values.instant(cell, options.get("format", context.time_format), context.zone)
    if member.shape in {Shape.IDS, Shape.NAMES}:
        return values.several(cell, context.separator)
    return values.text(cell)


def _money(cell: values.Cell, options: Mapping[str, Any], context: Context, place: str) -> Reader:
    currency = options.get("currency", context.currency)
    if currency is None:
        raise BadMapping(f'{place} needs a currency: currency = "EUR" or {{column = "…"}}.')
    if isinstance(currency, str):
        read: Reader = lambda row: currency  # noqa: E731
    else:
        read = values.text(context.cell(currency, f"{place}.currency"))
    is_minor = options["unit"] == "minor" if "unit" in options else context.is_minor
    return values.Amounts(read, is_minor, context.decimal, context.exponent).reader(cell)


def _require_whole(kind: Kind, found: Sequence[Placed]) -> None:
    """Refuse a mapping that leaves out what a kind needs."""
    given = {one.path[0] for one in found if kind.name in one.kinds}
    missing = [member.name for member in kind.members if member.required and member.name not in given]
    if missing:
        raise BadMapping(f"{kind.name} needs {missing[0]}: name its column in members, or give a constant.")
