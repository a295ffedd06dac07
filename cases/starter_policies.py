"""One policy for each queue: its text, what it allows, why, and the decisions that fit on one key.

Presets that need a second person (closing, blocking, cancelling, contesting, removing) are absent until approvals
exist; they will take the keys after these, so that no key changes its meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReasonData:
    """Why, and the label classes it fits."""

    slug: str
    name: str
    label_classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PresetData:
    """A complete decision on one key. One without actions harms nobody, so that it may be applied from a list."""

    name: str
    action_kinds: tuple[str, ...]
    label_class: str
    reason: str

    @property
    def safe_from_list(self) -> bool:
        """Tell whether it may be applied to a case that was only peeked at."""
        return not self.action_kinds


@dataclass(frozen=True, slots=True)
class PolicyData:
    """What the marketplace does not allow, and what may follow."""

    name: str
    text: str
    action_kinds: tuple[str, ...]
    label_classes: tuple[str, ...]
    reasons: tuple[ReasonData, ...]
    presets: tuple[PresetData, ...]


GENERAL_LABELS = ("legit", "detector_error", "unsure", "insufficient_evidence", "out_of_policy")
GENERAL_REASONS = (
    ReasonData("usual_for_them", "Usual for the people involved", ("legit",)),
    ReasonData("finding_is_wrong", "The finding itself is wrong", ("detector_error",)),
    ReasonData("evidence_conflicts", "The evidence points both ways", ("unsure",)),
    ReasonData("evidence_missing", "What would settle it is not here", ("insufficient_evidence",)),
    ReasonData("other_policy", "Another policy applies", ("out_of_policy",)),
)

_ATO = PolicyData(
    name="Account takeover",
    text=(
        "An account belongs to the person who opened it. We step in when somebody else has got in or is about to: "
        "guessed or stolen passwords, sessions from places the owner never used, contact or payout details changed "
        "right after such a sign-in. Lock the account when money or other people are at risk; a password reset is "
        "enough when nothing was done inside yet. The owner gets the account back after proving who they are. A new "
        "telephone, a holiday or a changed network alone is no takeover."
    ),
    action_kinds=(
        "account.suspend",
        "account.revoke_sessions",
        "payout.hold",
        "account.reset_password",
        "account.restrict",
        "account.warn",
    ),
    label_classes=("ato.confirmed",),
    reasons=(
        ReasonData("success_after_failures", "Entered from a new address after failed attempts", ("ato.confirmed",)),
        ReasonData("details_changed", "Contact or payout details changed after it", ("ato.confirmed",)),
        ReasonData("password_known", "Somebody else knows the password", ("ato.confirmed",)),
        ReasonData("owner_says_no", "The owner says it was not them", ("ato.confirmed",)),
        ReasonData("owner_confirmed", "The owner confirms it was them", ("legit",)),
    ),
    presets=(
        PresetData(
            "Lock, end sessions, hold payouts",
            ("account.suspend", "account.revoke_sessions", "payout.hold"),
            "ato.confirmed",
            "success_after_failures",
        ),
        PresetData("Reset password, keep open", ("account.reset_password",), "ato.confirmed", "password_known"),
        PresetData("Owner confirmed", (), "legit", "owner_confirmed"),
    ),
)

_PHISHING = PolicyData(
    name="Deceptive messages",
    text=(
        "Messages are for buying and selling here. Nobody may use them to get passwords, codes or card numbers, to "
        "pass for us, a carrier or a bank, to lead people to pages that do, or to move a deal away from the "
        "marketplace where we cannot protect it. Retract such a message and warn whoever got it; lock the sender when "
        "the account serves no other purpose. A link to a maker's page or a telephone number after a sale is no "
        "deception by itself."
    ),
    action_kinds=(
        "account.suspend",
        "message.retract",
        "message.warn_recipients",
        "account.restrict",
        "account.warn",
    ),
    label_classes=("phishing.credential", "phishing.off_platform", "phishing.spam"),
    reasons=(
        ReasonData("asks_for_secrets", "Leads to a page that asks for secrets", ("phishing.credential",)),
        ReasonData("passes_for_us", "Passes for us, a carrier or a bank", ("phishing.credential",)),
        ReasonData("moves_deal_away", "Moves the deal away from the marketplace", ("phishing.off_platform",)),
        ReasonData("same_text_to_many", "The same text to many strangers", ("phishing.spam",)),
        ReasonData("known_contact", "The two already deal with each other", ("legit",)),
    ),
    presets=(
        PresetData(
            "Lock sender, retract, warn recipients",
            ("account.suspend", "message.retract", "message.warn_recipients"),
            "phishing.credential",
            "asks_for_secrets",
        ),
        PresetData("Retract", ("message.retract",), "phishing.off_platform", "moves_deal_away"),
        PresetData("Clear", (), "legit", "usual_for_them"),
    ),
)

_PAYMENTS = PolicyData(
    name="Payment fraud",
    text=(
        "A payment must be made by the holder of the card, for something really bought. We step in for stolen cards, "
        "for runs of small payments that try out card numbers, and for buyers who got their goods and still reverse "
        "the payment. Hold what has not been paid out to the sellers of the payments in question; restrict an account "
        "that goes on. A late delivery or a quarrel about quality is a matter for customer service, not fraud."
    ),
    action_kinds=("payout.hold", "account.restrict", "account.suspend", "account.warn"),
    label_classes=("payment.third_party", "payment.card_testing", "payment.friendly", "payment.service"),
    reasons=(
        ReasonData("holder_unaware", "The holder of the card knows nothing of it", ("payment.third_party",)),
        ReasonData("out_of_habit", "Amount and place do not fit the holder", ("payment.third_party",)),
        ReasonData("cards_tried_out", "Many cards or refusals within minutes", ("payment.card_testing",)),
        ReasonData("goods_received", "Goods received, payment reversed", ("payment.friendly",)),
        ReasonData("service_matter", "A quarrel about delivery or quality", ("payment.service",)),
    ),
    presets=(
        PresetData("Hold sellers' payouts", ("payout.hold",), "payment.third_party", "out_of_habit"),
        PresetData("Clear", (), "legit", "usual_for_them"),
    ),
)

_LISTINGS = PolicyData(
    name="Prohibited items",
    text=(
        "Some things may not be offered here, whoever sells them: drugs and what is needed to make them, weapons and "
        "ammunition, protected animals and plants and parts of them, copies sold as the brand. Spaced-out, misspelt or "
        "look-alike words do not change what is offered. Hide the listing at once and tell the seller which rule it "
        "broke. Toys, films, books, antiques with papers and medicines for animals sold by licence are allowed where "
        "the text says so."
    ),
    action_kinds=("listing.hide", "account.warn", "account.restrict", "account.suspend"),
    label_classes=(
        "prohibited.drugs",
        "prohibited.weapons",
        "prohibited.wildlife",
        "prohibited.counterfeit",
        "prohibited.other",
    ),
    reasons=(
        ReasonData(
            "offered_plainly",
            "Plainly offers what is not allowed",
            (
                "prohibited.drugs",
                "prohibited.weapons",
                "prohibited.wildlife",
                "prohibited.counterfeit",
                "prohibited.other",
            ),
        ),
        ReasonData(
            "offered_in_disguise",
            "Offers it in disguised words",
            (
                "prohibited.drugs",
                "prohibited.weapons",
                "prohibited.wildlife",
                "prohibited.counterfeit",
                "prohibited.other",
            ),
        ),
        ReasonData("allowed_exception", "An allowed exception", ("legit",)),
    ),
    presets=(
        PresetData("Hide and warn the seller", ("listing.hide", "account.warn"), "prohibited.other", "offered_plainly"),
        PresetData("Hide", ("listing.hide",), "prohibited.other", "offered_in_disguise"),
        PresetData("Clear", (), "legit", "allowed_exception"),
    ),
)

POLICIES: Mapping[str, PolicyData] = {
    "ato": _ATO,
    "phishing": _PHISHING,
    "payments": _PAYMENTS,
    "listings": _LISTINGS,
}
