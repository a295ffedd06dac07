"""Features of messages: how much a sender writes, whether the two know each other, what the text asks for."""

from datetime import timedelta

from signals.features.spec import Aggregate, Family, Feature, Privacy, Type

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DAYS_90 = timedelta(days=90)

SENT = ("message.sent",)

_sender = Family("sender", SENT, SENT)
_domain = Family("domain", SENT, SENT)

WINDOWS: tuple[Feature, ...] = (
    _sender.count("sender_messages_1h", HOUR, "Messages of the sender in the last hour."),
    _sender.count("sender_messages_24h", DAY, "Messages of the sender in the last day."),
    _sender.distinct("sender_recipients_1h", "recipient", HOUR, "People the sender wrote to in the last hour."),
    _sender.distinct("sender_recipients_24h", "recipient", DAY, "People the sender wrote to in the last day."),
    _sender.count(
        "sender_to_recipient_90d",
        DAYS_90,
        "Messages the sender wrote to this recipient in 90 days.",
        same=(("recipient", "recipient"),),
    ),
    _sender.count(
        "recipient_to_sender_90d",
        DAYS_90,
        "Messages this recipient wrote to the sender in 90 days.",
        same=(("sender", "recipient"),),
        as_role="recipient",
    ),
    _sender.age(
        "sender_first_message_age", Aggregate.FIRST_AGE, DAYS_90, "Time since the sender first wrote within 90 days."
    ),
    _domain.distinct("domain_senders_24h", "sender", DAY, "Senders who named the same domain in the last day."),
    _domain.count("domain_messages_24h", DAY, "Messages that named the same domain in the last day."),
)


def _text(name: str, type_: Type, meaning: str, *, role: str = "message") -> Feature:
    return Feature(name, role, SENT, type_, meaning, privacy=Privacy.CONTENT, function="message_text")


TEXT: tuple[Feature, ...] = (
    _text("message_pressure", Type.DOUBLE, "How much the text presses a stranger to act elsewhere, from 0 to 1."),
    _text("message_links", Type.INT, "Links to other sites in the text."),
    _text("message_phones", Type.INT, "Telephone numbers in the text."),
    _text("message_handles", Type.INT, "Names on another messenger and e-mail addresses in the text."),
    _text("message_hidden_contact", Type.BOOL, "A contact in the text is spelled out or disguised."),
    _text("message_lookalike_domain", Type.BOOL, "A domain in the text imitates a known one."),
    _text("message_disposable_domain", Type.BOOL, "The text names a throw-away mail domain or a link shortener."),
    _text("message_length", Type.INT, "Characters of the text."),
    _text(
        "sender_same_text_24h", Type.INT, "Earlier messages of the sender in a day with the same text.", role="sender"
    ),
)

CONTACT: tuple[Feature, ...] = (
    _sender.none_before(
        "message_first_contact",
        ("sender_to_recipient_90d", "recipient_to_sender_90d"),
        "Neither of the two wrote to the other, or in the thread, in 90 days.",
    ),
)

FEATURES = WINDOWS + TEXT + CONTACT
