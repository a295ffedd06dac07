"""Tables of judgement and its effects."""

from cases.models.action import Action
from cases.models.case import Case, CaseSignal, CaseSkip, Draft, Note
from cases.models.decision import Decision, EvidenceSnapshot, Policy, Preset, Reason
from cases.models.queue import Queue

__all__ = [
    "Action",
    "Case",
    "CaseSignal",
    "CaseSkip",
    "Decision",
    "Draft",
    "EvidenceSnapshot",
    "Note",
    "Policy",
    "Preset",
    "Queue",
    "Reason",
]
