import pytest

from signals.packs import account_takeover as pack
from tests.signals.packs.views import view

STRANGER = {"account_ip_successes_90d": 0, "account_successes_90d": 20, "account_ips_90d": 2}
BURST = {"fresh_failing_ips_10m": 40, "fresh_failing_accounts_10m": 12}


def login(kind="login.succeeded", **features):
    return view(kind, roles=("account", "ip"), **features)


def test_success_after_failures_from_a_strange_address_is_found():
    found = pack.failures_then_success(
        login(**STRANGER, account_failed_logins_1h=6, account_failed_logins_90d=15, account_device_successes_90d=0)
    )

    assert (found.role, found.score) == ("account", 0.9)
    assert [reason.code for reason in found.reasons] == ["failures_before_success", "first_seen_address"]
    assert found.reasons[0].sentence == "6 log-ins failed within an hour before this one succeeded."
    assert (found.reasons[0].value, found.reasons[0].usual) == ("6 in an hour", "0.1 a day")
    assert found.evidence == ("account_failed_logins_1h",)


@pytest.mark.parametrize(
    "features",
    [
        STRANGER | {"account_failed_logins_1h": 2},
        STRANGER | {"account_failed_logins_1h": 6, "account_ip_successes_90d": 1},
        STRANGER | {"account_failed_logins_1h": 6, "account_successes_90d": 0},
        {"account_failed_logins_1h": 6, "account_successes_90d": 9},
    ],
    ids=["few failures", "known address", "no habits yet", "no address"],
)
def test_success_after_failures_is_not_found(features):
    assert pack.failures_then_success(login(**features)) is None


def test_burst_names_the_account_that_was_entered():
    found = pack.burst_from_strangers(login(**STRANGER, **BURST))

    assert (found.role, found.score) == ("account", 0.92)
    assert found.reasons[0].value == "40 addresses in 10 minutes"
    assert found.reasons[0].usual == "at most 2"


def test_burst_counts_a_failure_only_where_the_account_was_tried_before():
    once = login("login.failed", **STRANGER, **BURST, account_failed_logins_10m=0)
    again = login("login.failed", **STRANGER, **BURST, account_failed_logins_10m=1)

    assert pack.burst_from_strangers(once) is None
    assert pack.burst_from_strangers(again).score == 0.55


@pytest.mark.parametrize("few", [{"fresh_failing_ips_10m": 7}, {"fresh_failing_accounts_10m": 4}])
def test_burst_needs_many_addresses_and_many_accounts(few):
    assert pack.burst_from_strangers(login(**STRANGER | BURST | few)) is None


def test_spraying_address_names_the_address_while_it_fails():
    found = pack.spraying_address(login("login.failed", ip_failing_accounts_1h=9, ip_accounts_24h=1))

    assert (found.role, found.score) == ("ip", 0.6)


def test_spraying_address_names_the_account_it_got_into():
    found = pack.spraying_address(login(**STRANGER, ip_failing_accounts_1h=9, ip_accounts_24h=1))

    assert (found.role, found.score) == ("account", 0.9)


def test_a_carriers_address_does_not_spray():
    assert pack.spraying_address(login("login.failed", ip_failing_accounts_1h=20, ip_accounts_24h=600)) is None


OWNER = {
    "owner_last_login_age": 540.0,
    "owner_ip_logins_90d": 1,
    "owner_ip_logins_24h": 1,
    "owner_logins_90d": 31,
}


def test_payout_soon_after_a_strange_login_is_found_with_its_amount():
    found = pack.change_after_strange_login(view("payout.requested", roles=("account",), amount=90_000, **OWNER))

    assert (found.score, found.money_minor) == (0.85, 90_000)
    assert found.reasons[0].value == "9 minutes"
    assert found.reasons[1].usual == "30 log-ins elsewhere"


@pytest.mark.parametrize(("field", "score"), [("payout_account", 0.85), ("email", 0.7)])
def test_change_of_a_sensitive_member_is_found(field, score):
    payload = {"changes": [{"field": field}, {"field": "name"}]}

    assert pack.change_after_strange_login(view("account.updated", payload=payload, **OWNER)).score == score


@pytest.mark.parametrize(
    ("payload", "features"),
    [
        ({"changes": [{"field": "name"}]}, OWNER),
        ({"changes": [{"field": "email"}]}, OWNER | {"owner_ip_logins_90d": 8}),
        ({"changes": [{"field": "email"}]}, OWNER | {"owner_logins_90d": 2}),
        ({"changes": [{"field": "email"}]}, OWNER | {"owner_device_logins_24h": 1, "owner_device_logins_90d": 9}),
        ({"changes": [{"field": "email"}]}, {}),
    ],
    ids=["harmless member", "known address", "no habits yet", "known device", "nothing known"],
)
def test_change_is_not_found(payload, features):
    assert pack.change_after_strange_login(view("account.updated", payload=payload, **features)) is None
