"""Features of log-ins: failures of an account, strangers' addresses, addresses that try many accounts."""

from datetime import timedelta

from signals.features.spec import Aggregate, Family, Feature, Type

MINUTE = timedelta(minutes=1)
MINUTES_10 = timedelta(minutes=10)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DAYS_90 = timedelta(days=90)

SUCCEEDED, FAILED = "login.succeeded", "login.failed"
LOGINS = (SUCCEEDED, FAILED)
# What somebody who took an account over does next.
AFTERMATH = ("account.updated", "payout.requested")

_account = Family("account", LOGINS, (FAILED,))
_address = Family("ip", LOGINS, (FAILED,))
_device = Family("device", LOGINS, (FAILED,))
_owner = Family("account", AFTERMATH, (SUCCEEDED,))

WINDOWS: tuple[Feature, ...] = (
    _account.count("account_failed_logins_10m", MINUTES_10, "Failed log-ins of the account in the last 10 minutes."),
    _account.count("account_failed_logins_1h", HOUR, "Failed log-ins of the account in the last hour."),
    _account.count("account_failed_logins_24h", DAY, "Failed log-ins of the account in the last day."),
    _account.count("account_failed_logins_90d", DAYS_90, "Failed log-ins of the account in 90 days."),
    _account.distinct("account_failing_ips_1h", "ip", HOUR, "Addresses that failed at the account in the last hour."),
    _account.distinct("account_failing_ips_24h", "ip", DAY, "Addresses that failed at the account in the last day."),
    _account.count(
        "account_successes_90d", DAYS_90, "Log-ins of the account that succeeded in 90 days.", of=(SUCCEEDED,)
    ),
    _account.distinct(
        "account_ips_90d", "ip", DAYS_90, "Addresses the account logged in from in 90 days.", of=(SUCCEEDED,)
    ),
    _account.count(
        "account_ip_successes_90d",
        DAYS_90,
        "Log-ins of the account from this address that succeeded in 90 days.",
        of=(SUCCEEDED,),
        same=(("ip", "ip"),),
    ),
    _account.count(
        "account_ip_failures_1h",
        HOUR,
        "Failed log-ins of the account from this address in the last hour.",
        same=(("ip", "ip"),),
    ),
    _account.count(
        "account_device_successes_90d",
        DAYS_90,
        "Log-ins of the account from this device that succeeded in 90 days.",
        of=(SUCCEEDED,),
        same=(("device", "device"),),
    ),
    _account.age(
        "account_last_success_age",
        Aggregate.LAST_AGE,
        DAYS_90,
        "Time since the account last logged in.",
        of=(SUCCEEDED,),
    ),
    _account.age(
        "account_first_success_age",
        Aggregate.FIRST_AGE,
        DAYS_90,
        "Time since the account first logged in within 90 days.",
        of=(SUCCEEDED,),
    ),
    _account.age("account_last_failure_age", Aggregate.LAST_AGE, DAYS_90, "Time since a log-in of the account failed."),
    _address.count("ip_failed_logins_1m", MINUTE, "Failed log-ins from the address in the last minute."),
    _address.count("ip_failed_logins_10m", MINUTES_10, "Failed log-ins from the address in the last 10 minutes."),
    _address.count("ip_failed_logins_1h", HOUR, "Failed log-ins from the address in the last hour."),
    _address.distinct(
        "ip_failing_accounts_10m",
        "account",
        MINUTES_10,
        "Accounts that failed from the address in the last 10 minutes.",
    ),
    _address.distinct(
        "ip_failing_accounts_1h", "account", HOUR, "Accounts that failed from the address in the last hour."
    ),
    _address.distinct(
        "ip_accounts_24h", "account", DAY, "Accounts that logged in from the address in the last day.", of=(SUCCEEDED,)
    ),
    _device.distinct(
        "device_accounts_24h",
        "account",
        DAY,
        "Accounts that logged in from the device in the last day.",
        of=(SUCCEEDED,),
    ),
    _owner.age(
        "owner_last_login_age", Aggregate.LAST_AGE, DAY, "Time since the account last logged in, if within a day."
    ),
    _owner.count(
        "owner_ip_logins_90d", DAYS_90, "Log-ins of the account from this address in 90 days.", same=(("ip", "ip"),)
    ),
    _owner.count(
        "owner_ip_logins_24h", DAY, "Log-ins of the account from this address in a day.", same=(("ip", "ip"),)
    ),
    _owner.count(
        "owner_device_logins_90d",
        DAYS_90,
        "Log-ins of the account from this device in 90 days.",
        same=(("device", "device"),),
    ),
    _owner.count(
        "owner_device_logins_24h",
        DAY,
        "Log-ins of the account from this device in a day.",
        same=(("device", "device"),),
    ),
    _owner.count("owner_logins_90d", DAYS_90, "Log-ins of the account in 90 days."),
)

BURST: tuple[Feature, ...] = (
    Feature(
        "fresh_failing_ips_10m",
        "ip",
        LOGINS,
        Type.INT,
        "Addresses, first seen within the hour, that failed at any account of the sender in the last 10 minutes.",
        function="burst",
    ),
    Feature(
        "fresh_failing_accounts_10m",
        "account",
        LOGINS,
        Type.INT,
        "Accounts at which addresses first seen within the hour failed in the last 10 minutes.",
        function="burst",
    ),
)

AGAINST_HISTORY: tuple[Feature, ...] = (
    _account.ratio(
        "account_failures_to_usual",
        "account_failed_logins_24h",
        "account_failed_logins_90d",
        "Failed log-ins of the account in the last day over its daily average of 90 days.",
        share=DAY / DAYS_90,
    ),
    _account.none_before(
        "account_first_with_device",
        ("account_device_successes_90d",),
        "The account did not log in from this device in 90 days.",
    ),
    _account.none_before(
        "account_first_with_ip",
        ("account_ip_successes_90d",),
        "The account did not log in from this address in 90 days.",
    ),
    _owner.none_before(
        "owner_first_with_device",
        ("owner_device_logins_90d",),
        "The account did not log in from this device in 90 days.",
    ),
)

FEATURES = WINDOWS + BURST + AGAINST_HISTORY
