"""Features of reports: how often their sender was right so far, and how many report the same at once."""

from datetime import timedelta

from signals.features.spec import Family, Feature, Type

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

REPORTED = ("report.created",)

_target = Family("target", REPORTED, REPORTED)

WINDOWS: tuple[Feature, ...] = (
    _target.distinct("target_reporters_1h", "reporter", HOUR, "People who reported the same in the last hour."),
    _target.count(
        "reporter_same_target_24h",
        DAY,
        "Reports of the same by this reporter in the last day.",
        same=(("reporter", "reporter"),),
    ),
)


def _trust(name: str, type_: Type, meaning: str) -> Feature:
    return Feature(name, "reporter", REPORTED, type_, meaning, function="reporter_trust")


TRUST: tuple[Feature, ...] = (
    _trust("reporter_judged_180d", Type.INT, "Things the reporter reported within 180 days that were decided since."),
    _trust("reporter_right_180d", Type.INT, "Those of them that were found bad."),
    _trust("reporter_accuracy", Type.DOUBLE, "Share of right reports, drawn towards that of all reporters, 0 to 1."),
)

FEATURES = WINDOWS + TRUST
