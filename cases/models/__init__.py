"""Tables of judgement and its effects."""

from cases.models.action import Action
from cases.models.bulk import BulkItem, BulkJob
from cases.models.care import Care
from cases.models.case import Case, CaseSignal, CaseSkip, Draft, Note, NoteVersion
from cases.models.case_time import CaseTime
from cases.models.decision import Decision, EvidenceSnapshot, Policy, Preset, Reason
from cases.models.inbox import InboxItem
from cases.models.practice import PracticeAnswer
from cases.models.presence import Presence
from cases.models.queue import Queue
from cases.models.recent import Recent
from cases.models.ring import CaseMember, RingRun
from cases.models.routing import RoutingRule
from cases.models.sampling import Draw, SamplingLane, SamplingPeriod, SamplingStratum
from cases.models.saved_view import SavedView
from cases.models.service_level import CaseWait, OpenSpan, SlaPolicy, WorkingCalendar

__all__ = [
    "Action",
    "BulkItem",
    "BulkJob",
    "Care",
    "Case",
    "CaseMember",
    "CaseSignal",
    "CaseSkip",
    "CaseTime",
    "CaseWait",
    "Decision",
    "Draft",
    "Draw",
    "EvidenceSnapshot",
    "InboxItem",
    "Note",
    "NoteVersion",
    "OpenSpan",
    "Policy",
    "PracticeAnswer",
    "Presence",
    "Preset",
    "Queue",
    "Reason",
    "Recent",
    "RingRun",
    "RoutingRule",
    "SamplingLane",
    "SamplingPeriod",
    "SamplingStratum",
    "SavedView",
    "SlaPolicy",
    "WorkingCalendar",
]
