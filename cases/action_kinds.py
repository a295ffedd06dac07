"""Every kind of effect the console may ask for: on what, how it can be taken back, and how screens say it."""

from collections.abc import Mapping
from dataclasses import dataclass

from cases.enums import ActionMode


@dataclass(frozen=True, slots=True)
class ActionKind:
    """One kind of effect.

    `inverse` takes it back; None where nothing does. `sentence` says what will happen to one target, `done_sentence`
    what happened, `none_found` that the case names nothing to do it to.
    """

    kind: str
    target_kinds: tuple[str, ...]
    mode: ActionMode
    inverse: str | None
    name: str
    sentence: str
    done_sentence: str
    none_found: str
    is_offered: bool = True
    has_end: bool = False  # may be asked for until some day

    @property
    def target_kind(self) -> str:
        """The kind of entity it acts on; the first where there are several."""
        return self.target_kinds[0]


def _kind(
    kind: str,
    mode: ActionMode,
    name: str,
    sentence: str,
    done_sentence: str,
    *,
    inverse: str | None = None,
    on: tuple[str, ...] = (),
    offered: bool = True,
    has_end: bool = False,
) -> ActionKind:
    target_kinds = on or (kind.partition(".")[0],)
    none_found = f"{name}: no {' or '.join(target_kinds)} found in this case, so nothing happens."
    return ActionKind(kind, target_kinds, mode, inverse, name, sentence, done_sentence, none_found, offered, has_end)


REVERSIBLE, HELD, ONCE, FINAL = ActionMode.REVERSIBLE, ActionMode.HELD, ActionMode.ONCE, ActionMode.IRREVERSIBLE

_TABLE = (
    _kind(
        "account.suspend", REVERSIBLE, "Suspend", "locks the account", "locked", inverse="account.restore", has_end=True
    ),
    _kind(
        "account.restrict",
        REVERSIBLE,
        "Restrict",
        "limits the account",
        "limited",
        inverse="account.restore",
        has_end=True,
    ),
    _kind("account.revoke_sessions", ONCE, "End sessions", "ends every session of the account", "sessions ended"),
    _kind("account.reset_password", ONCE, "Reset password", "makes the owner set a new password", "password reset"),
    _kind("account.warn", HELD, "Warn", "sends the account a warning", "warned"),
    _kind("account.close", FINAL, "Close", "closes the account for good", "closed"),
    _kind("account.restore", REVERSIBLE, "Restore", "unlocks the account", "restored", offered=False),
    _kind("listing.hide", REVERSIBLE, "Hide listing", "hides the listing", "hidden", inverse="listing.show"),
    _kind("listing.show", REVERSIBLE, "Show listing", "shows the listing again", "shown again", offered=False),
    _kind("listing.remove", FINAL, "Remove listing", "removes the listing for good", "removed"),
    _kind("message.retract", REVERSIBLE, "Retract", "takes the message back", "taken back", inverse="message.restore"),
    _kind("message.restore", REVERSIBLE, "Restore message", "shows the message again", "shown again", offered=False),
    _kind("message.warn_recipients", HELD, "Warn recipients", "warns whoever got the message", "recipients warned"),
    _kind("payment.cancel", FINAL, "Cancel payment", "cancels the payment", "cancelled"),
    _kind("payment.refund", FINAL, "Refund", "refunds the payment", "refunded"),
    _kind("payout.hold", REVERSIBLE, "Hold payout", "holds the payout", "held", inverse="payout.release"),
    _kind("payout.release", REVERSIBLE, "Release payout", "lets the payout go", "released", offered=False),
    _kind("dispute.contest", FINAL, "Contest", "contests the dispute", "contested"),
    _kind(
        "entity.block",
        REVERSIBLE,
        "Block",
        "blocks further use",
        "blocked",
        inverse="entity.unblock",
        on=("card", "domain"),
    ),
    _kind(
        "entity.unblock",
        REVERSIBLE,
        "Unblock",
        "allows use again",
        "unblocked",
        on=("card", "domain"),
        offered=False,
    ),
)

KINDS: Mapping[str, ActionKind] = {kind.kind: kind for kind in _TABLE}
