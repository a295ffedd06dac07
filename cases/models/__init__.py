"""Tables of judgement and its effects."""

from cases.models.action import Action
from cases.models.case import Case, CaseSignal, CaseSkip, Draft, Note
from cases.models.decision import Decision, EvidenceSnapshot, Policy, Preset, Reason
from cases.models.queue import Queue
from cases.models.ring import CaseMember, RingRun
from cases.models.routing import RoutingRule
from cases.models.service_level import CaseWait, OpenSpan, SlaPolicy, WorkingCalendar

__all__ = [
    "Action",
    "Case",
    "CaseMember",
    "CaseSignal",
    "CaseSkip",
    "CaseWait",
    "Decision",
    "Draft",
    "EvidenceSnapshot",
    "Note",
    "OpenSpan",
    "Policy",
    "Preset",
    "Queue",
    "Reason",
    "RingRun",
    "RoutingRule",
    "SlaPolicy",
    "WorkingCalendar",
]
