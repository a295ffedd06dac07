"""The icons the console may draw; the sprite in static/icons.svg holds exactly these."""

from typing import Final

SEVERITY: Final = ("octagon-alert", "triangle-alert", "circle-alert", "chevron-down", "info")
STATUS: Final = (
    "ban", "chevrons-up", "circle-check", "circle-dashed", "circle-dot", "circle-question-mark", "circle-slash",
    "clock", "hourglass", "octagon-x", "scale", "send", "timer", "undo-2",
)  # fmt: skip
PLACES: Final = (
    "badge-check", "book-open", "chart-line", "database", "git-branch", "house", "inbox", "layers", "list-checks",
    "mail-x", "radar", "scroll-text", "search", "settings", "stamp", "tags", "zap",
)  # fmt: skip
ENTITIES: Final = (
    "at-sign", "banknote", "credit-card", "file-text", "flag", "gavel", "globe", "hash", "key-round", "mail", "map-pin",
    "message-square", "monitor", "network", "package", "phone", "smartphone", "store", "truck", "user", "users",
    "wallet",
)  # fmt: skip
CONTROLS: Final = (
    "arrow-left", "arrow-right", "bell", "check", "chevron-left", "chevron-right", "coffee", "columns-3", "copy",
    "download", "eye", "eye-off", "funnel", "history", "keyboard", "link", "lock", "lock-open", "log-out",
    "notebook-pen", "pause", "pin", "plus", "refresh-cw", "skip-forward", "star", "unplug", "x",
)  # fmt: skip

NAMES: Final[tuple[str, ...]] = tuple(sorted({*SEVERITY, *STATUS, *PLACES, *ENTITIES, *CONTROLS}))

# Our own drawings, from info to critical: the number of full bars says the severity a second time, the icon a third,
# without colour.
LADDER: Final = ("info", "chevron-down", "circle-alert", "triangle-alert", "octagon-alert")
