"""Account takeover: somebody else gets in, or tries to at many doors."""

from __future__ import annotations

from typing import Final

from signals.detectors.base import EventView, Finding, PackRule, Reason, weighed
from signals.features.login import AFTERMATH, LOGINS, SUCCEEDED

TYPE: Final = "account_takeover"

FAILURES: Final = 3  # failed log-ins within an hour before a success from a strange address
MANY_FAILURES: Final = 5
BURST_ADDRESSES: Final = 8  # addresses never seen before that fail within ten minutes
BURST_ACCOUNTS: Final = 5
SPRAYED_ACCOUNTS: Final = 8  # accounts at which one address failed within an hour
SPRAYED_SHARE: Final = 1.0  # and more of them than accounts that got in from it within a day
USUAL_BURST: Final = 2  # addresses never seen before that fail in an ordinary ten minutes
OWNER_HISTORY: Final = 3  # log-ins before an account has habits

GUESSING, SPRAYING, TAKEN, CHANGED, REDIRECTED = "T1110.001", "T1110.003", "F1006.002", "F1005.004", "F1005.006"
_SENSITIVE = frozenset({"email", "phone", "password", "factor", "payout_account"})


def failures_then_success(view: EventView) -> Finding | None:
    """Find a log-in that succeeded after failures, from an address the account never used."""
    failures = view.number("account_failed_logins_1h") or 0
    if failures < FAILURES or not _is_stranger(view):
        return None
    score = 0.9 if failures >= MANY_FAILURES else 0.8
    usual = round(((view.number("account_failed_logins_90d") or failures) - failures) / 90, 2)
    reasons = weighed(
        (
            0.6,
            Reason(
                "failures_before_success",
                f"{failures:.0f} log-ins failed within an hour before this one succeeded.",
                f"{failures:.0f} in an hour",
                f"{usual:g} a day",
            ),
        ),
        (0.4, _strange_address(view)),
    )
    return Finding("account", score, reasons, techniques=(GUESSING, TAKEN), evidence=("account_failed_logins_1h",))


def burst_from_strangers(view: EventView) -> Finding | None:
    """Find an account hit in a burst: many addresses never seen before fail at many accounts within minutes.

    * A success from such an address counts at once.
    * A failure counts when the account was tried before in the same ten minutes: guesses at names alone put no
      account in danger.
    """
    in_burst = view.at_least("fresh_failing_ips_10m", BURST_ADDRESSES) and view.at_least(
        "fresh_failing_accounts_10m", BURST_ACCOUNTS
    )
    succeeded = view.kind == SUCCEEDED
    if not in_burst or not _is_stranger(view):
        return None
    if not succeeded and not view.at_least("account_failed_logins_10m", 1):
        return None
    addresses, accounts = view.number("fresh_failing_ips_10m"), view.number("fresh_failing_accounts_10m")
    what = "This log-in succeeded" if succeeded else "This account was tried again"
    reasons = weighed(
        (
            0.7,
            Reason(
                "burst_from_strangers",
                f"{what} while {addresses:.0f} addresses never seen before failed at {accounts:.0f} accounts.",
                f"{addresses:.0f} addresses in 10 minutes",
                f"at most {USUAL_BURST}",
            ),
        ),
        (0.3, _strange_address(view)),
    )
    evidence = ("account_failed_logins_10m",)
    score = 0.92 if succeeded else 0.55
    return Finding("account", score, reasons, techniques=(SPRAYING,), evidence=evidence)


def spraying_address(view: EventView) -> Finding | None:
    """Find one address that fails at many accounts; a carrier's address, from which many get in, is none."""
    failing, entered = view.number("ip_failing_accounts_1h"), view.number("ip_accounts_24h") or 0
    if failing is None or failing < SPRAYED_ACCOUNTS or failing <= SPRAYED_SHARE * entered:
        return None
    succeeded = view.kind == SUCCEEDED and _is_stranger(view)
    role = "account" if succeeded else view.first_role("ip")
    if role is None:
        return None
    sentence = f"Log-ins at {failing:.0f} accounts failed from this address within an hour."
    reason = Reason("spraying_address", sentence, f"{failing:.0f} accounts in an hour", "at most 2")
    reasons = weighed((0.7, reason), (0.3, _strange_address(view))) if succeeded else weighed((1.0, reason))
    return Finding(role, 0.9 if succeeded else 0.6, reasons, techniques=(SPRAYING,), evidence=("ip_failed_logins_10m",))


def change_after_strange_login(view: EventView) -> Finding | None:
    """Find a change of what secures or pays an account, from a place that it first logged in from within a day."""
    fields = _SENSITIVE.intersection(change.get("field", "") for change in view.payload.get("changes", ()))
    is_payout = view.kind == "payout.requested"
    if not (fields or is_payout) or not _is_new_place(view):
        return None
    after = _spoken(view.number("owner_last_login_age") or 0)
    older = (view.number("owner_logins_90d") or 0) - (view.number("owner_ip_logins_24h") or 0)
    what = "A payout was asked for" if is_payout else f"The account changed its {', '.join(sorted(fields))}"
    reasons = weighed(
        (
            0.6,
            Reason(
                "change_after_strange_login",
                f"{what.replace('_', ' ')} {after} after a log-in from a place first used within a day.",
                after,
                "days",
            ),
        ),
        (
            0.4,
            Reason(
                "place_first_used",
                f"In 90 days the account logged in {older:.0f} times, never from here before today.",
                "first day",
                f"{older:.0f} log-ins elsewhere",
            ),
        ),
    )
    pays_out = is_payout or "payout_account" in fields
    return Finding(
        "account",
        0.85 if pays_out else 0.7,
        reasons,
        money_minor=view.amount_base_minor if is_payout else None,
        techniques=(REDIRECTED if pays_out else CHANGED,),
    )


def _spoken(seconds: float) -> str:
    """Return a time as a person says it: minutes within the first hours, then hours."""
    minutes = round(seconds / 60)
    if minutes <= 1:
        return "a minute"
    return f"{minutes} minutes" if minutes < 120 else f"{minutes / 60:.0f} hours"


def _is_stranger(view: EventView) -> bool:
    """Tell whether an account with habits is approached from an address it never got in from."""
    return (
        "account" in view.roles
        and view.is_zero("account_ip_successes_90d")
        and view.at_least("account_successes_90d", 1)
    )


def _strange_address(view: EventView) -> Reason:
    known = view.number("account_ips_90d") or 0
    new_device = view.is_zero("account_device_successes_90d")
    place = "address and device" if new_device else "address"
    return Reason(
        "first_seen_address",
        f"In 90 days the account never logged in from this {place}; other addresses it used: {known:.0f}.",
        "first seen",
        f"known addresses: {known:.0f}",
    )


def _is_new_place(view: EventView) -> bool:
    """Tell whether all log-ins from this address (and device, where one is named) fall into the last day."""
    recent, ever = view.number("owner_ip_logins_24h"), view.number("owner_ip_logins_90d")
    if not recent or recent != ever or not view.at_least("owner_logins_90d", recent + OWNER_HISTORY):
        return False
    return view.number("owner_device_logins_24h") == view.number("owner_device_logins_90d")


DETECTORS: Final = (
    PackRule(
        "ato.failures_then_success",
        "1",
        TYPE,
        "Failures, then a log-in from a first-seen address",
        frozenset({SUCCEEDED}),
        failures_then_success,
    ),
    PackRule(
        "ato.burst_from_strangers",
        "1",
        TYPE,
        "Burst of failures from first-seen addresses",
        frozenset(LOGINS),
        burst_from_strangers,
    ),
    PackRule(
        "ato.spraying_address", "1", TYPE, "One address fails at many accounts", frozenset(LOGINS), spraying_address
    ),
    PackRule(
        "ato.change_after_strange_login",
        "1",
        TYPE,
        "Sensitive change soon after a strange log-in",
        frozenset(AFTERMATH),
        change_after_strange_login,
    ),
)
