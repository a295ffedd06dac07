"""Draw every named icon once into one SVG file, so that a row of a table refers to it instead of repeating it."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from lucide import IconDoesNotExist, _render_icon

from tscore.core import icons

HEAD = '<svg xmlns="http://www.w3.org/2000/svg">\n<!-- Lucide icons, ISC licence, https://lucide.dev/license -->\n'


def sprite(names: tuple[str, ...] = icons.NAMES) -> str:
    """Return the SVG text with one symbol for each name, and the five marks of severity.

    Strokes come from the `.icon` class of the drawing that refers to a symbol, so they are not repeated here.

    Raises:
        CommandError: the lucide package has no such icon (names change between its releases).
    """
    return (
        HEAD
        + "\n".join([*map(_symbol, names), *(_mark(level, name) for level, name in enumerate(icons.LADDER))])
        + "\n</svg>\n"
    )


def _symbol(name: str) -> str:
    return f'<symbol id="{name}" viewBox="0 0 24 24">{_shapes(name)}</symbol>'


def _shapes(name: str) -> str:
    try:
        drawn = ElementTree.fromstring(_render_icon(name, None))
    except IconDoesNotExist as missing:
        raise CommandError(
            f"The lucide package has no icon named {name!r}. Choose another in core/icons.py."
        ) from missing
    return "".join(ElementTree.tostring(shape, encoding="unicode").replace(" />", "/>").strip() for shape in drawn)


def _mark(level: int, name: str) -> str:
    """Draw as many full bars as the level says, and the level's icon beside them: one reference a row, not two."""
    bars = "".join(
        f'<rect x="{position * 6 + 0.5}" y="2.5" width="3" height="11" rx=".5"{"" if position < level else empty}/>'
        for position, empty in enumerate([' fill="none"'] * 4)
    )
    icon = f'<g transform="translate(28)scale(.667)" fill="none" stroke-width="2">{_shapes(name)}</g>'
    return f'<symbol id="severity-{level}" viewBox="0 0 44 16">{bars}{icon}</symbol>'


class Command(BaseCommand):
    """Write static/icons.svg, or with --check fail when it is not what would be written."""

    help = "Build static/icons.svg from the lucide package."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only compare; fail when the file is out of date.")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "static" / "icons.svg"
        drawn = sprite()
        if not options["check"]:
            path.write_text(drawn)
        elif not path.exists() or path.read_text() != drawn:
            raise CommandError("static/icons.svg is out of date. Run: manage.py build_sprite")
        self.stdout.write(f"{path.name}: {len(icons.NAMES)} icons, {len(drawn)} bytes")
