"""Tables of evidence and learning."""

from signals.models.detection import AbuseType, Detector, Mute, Signal, SignalEvent
from signals.models.entities import Entity, Link, Source
from signals.models.events import Event, Involvement
from signals.models.feature_log import FeaturePart, ScoredBatch
from signals.models.images import ImageCopy
from signals.models.intake import Backfill, DeadLetter, DeadLetterReplay, DeadLetterTally
from signals.models.learning import Calibration, CalibrationRun, DatasetVersion, Label
from signals.models.personal import PersonalText, PersonalValue

__all__ = [
    "AbuseType",
    "Backfill",
    "Calibration",
    "CalibrationRun",
    "DatasetVersion",
    "DeadLetter",
    "DeadLetterReplay",
    "DeadLetterTally",
    "Detector",
    "Entity",
    "Event",
    "FeaturePart",
    "ImageCopy",
    "Involvement",
    "Label",
    "Link",
    "Mute",
    "PersonalText",
    "PersonalValue",
    "ScoredBatch",
    "Signal",
    "SignalEvent",
    "Source",
]
