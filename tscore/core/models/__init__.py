"""Tables of the floor: people, keys, audit, work, answers already given, alarms and their notices, exchange rates."""

from tscore.core.models.access import ApiKey, SignInTries, User
from tscore.core.models.audit import AuditCheckpoint, AuditEvent
from tscore.core.models.erasable import ErasableKey
from tscore.core.models.operations import Alarm, AlarmNotice, FxRate, IdempotencyKey, StageCount
from tscore.core.models.work import WorkRow

__all__ = [
    "Alarm",
    "AlarmNotice",
    "ApiKey",
    "AuditCheckpoint",
    "AuditEvent",
    "ErasableKey",
    "FxRate",
    "IdempotencyKey",
    "SignInTries",
    "StageCount",
    "User",
    "WorkRow",
]
