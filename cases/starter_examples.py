"""Two worked examples for each starter policy: what was seen, what was decided, and why. Invented by us."""

from collections.abc import Mapping
from typing import Final

Example = Mapping[str, str]


def _example(title: str, seen: str, decided: str, why: str) -> Example:
    return {"title": title, "seen": seen, "decided": decided, "why": why}


EXAMPLES: Final[Mapping[str, tuple[Example, Example]]] = {
    "ato": (
        _example(
            "Somebody got in",
            "Nine wrong passwords within four minutes, then one that worked, from a network the owner never used. Six "
            "minutes later the payout account changed and a payout of €640 was asked for.",
            "Lock the account, end its sessions, hold the payout. Label ato.confirmed.",
            "The details changed right after a sign-in that does not fit, and money was about to leave.",
        ),
        _example(
            "A new telephone",
            "One sign-in from a device not seen before, in the owner's own town, with a passkey. Nothing was changed, "
            "and the next sale went as all before it.",
            "No action. Label legit, usual for the people involved.",
            "A new device alone is no takeover: there was no failed attempt before it and no change after it.",
        ),
    ),
    "phishing": (
        _example(
            "The courier who asks for a card",
            "A buyer writes to eleven sellers the same sentence: the courier needs the card number, here is the page. "
            "The address imitates a carrier's by one letter.",
            "Lock the sender, retract the messages, warn whoever got them. Label phishing.credential.",
            "It passes for a carrier and leads to a page that asks for secrets, and the account does nothing else.",
        ),
        _example(
            "A link to the maker",
            "A seller answers a question about a lamp with the address of its maker's manual. Buyer and seller have "
            "written to each other for three days.",
            "No action. Label legit, the two already deal with each other.",
            "A link is no deception by itself: it leads where it says, and nobody is asked for anything.",
        ),
    ),
    "payments": (
        _example(
            "Cards tried out",
            "One buyer, 38 payments of one to three euros with 17 cards within twenty minutes; 29 were refused, each "
            "for another reason of the bank.",
            "Hold the sellers' payouts, restrict the buyer. Label payment.card_testing.",
            "Many cards and refusals within minutes at amounts nobody buys for: numbers are being tried out.",
        ),
        _example(
            "A quarrel about a bicycle",
            "A buyer of two years disputes one payment. The messages show that the bicycle came late and scratched, "
            "and that the seller offered half of the price back.",
            "No action. Label payment.service.",
            "The holder of the card made the payment and got the goods. How good they were is for customer service.",
        ),
    ),
    "listings": (
        _example(
            "Spelt apart",
            "A listing in garden tools offers 'p.e.p.p.e.r sp ray, police strength' and sends whoever asks to a "
            "messenger.",
            "Hide the listing, warn the seller. Label prohibited.weapons.",
            "Letters set apart do not change what is offered, and they show that the seller knows the rule.",
        ),
        _example(
            "A toy that looks real",
            "A plastic pistol from a film, with an orange tip, sold as a toy for a costume. The pictures show the "
            "maker's box.",
            "No action. Label legit, an allowed exception.",
            "The text of the policy allows toys, and nothing in words or pictures says it is more than one.",
        ),
    ),
}
