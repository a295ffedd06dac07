"""What people on the marketplace are told about a decision: templates of ours, no word of anybody else.

A message is what was done, in the order of the actions, and then what the policy says about it. It goes out with the
held action that carries it, so what was previewed is what is stored with the action and sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "de": "German", "pt": "Portuguese"}
DEFAULT: Final = "en"
CARRIERS: Final = ("account.warn", "message.warn_recipients")
# Only countries where nearly everybody reads one of the languages we have.
LANGUAGE_OF: Final[Mapping[str, str]] = {"PT": "pt", "BR": "pt", "AO": "pt", "DE": "de", "AT": "de", "LI": "de"}

_DONE: Final[Mapping[str, Mapping[str, str]]] = {
    "account.suspend": {
        "en": "We have locked your account.",
        "de": "Wir haben Ihr Konto gesperrt.",
        "pt": "Bloqueámos a sua conta.",
    },
    "account.restrict": {
        "en": "We have limited what your account can do.",
        "de": "Wir haben Ihr Konto eingeschränkt.",
        "pt": "Limitámos o que a sua conta pode fazer.",
    },
    "account.reset_password": {
        "en": "Please set a new password.",
        "de": "Bitte legen Sie ein neues Passwort fest.",
        "pt": "Defina uma nova palavra-passe.",
    },
    "payout.hold": {
        "en": "We are holding your payouts for now.",
        "de": "Wir halten Ihre Auszahlungen vorerst zurück.",
        "pt": "Retivemos, por agora, os seus pagamentos.",
    },
    "listing.hide": {
        "en": "We have hidden your listing.",
        "de": "Wir haben Ihr Angebot ausgeblendet.",
        "pt": "Ocultámos o seu anúncio.",
    },
    "message.retract": {
        "en": "We have taken your message back.",
        "de": "Wir haben Ihre Nachricht zurückgezogen.",
        "pt": "Retirámos a sua mensagem.",
    },
}

_SAYS: Final[Mapping[tuple[str, str], Mapping[str, str]]] = {
    ("ato", "account.warn"): {
        "en": "Somebody else may have used your account. Check your contact and payout details, and answer us to show "
        "that the account is yours.",
        "de": "Möglicherweise hat jemand anderes Ihr Konto benutzt. Prüfen Sie Kontakt- und Auszahlungsdaten und "
        "antworten Sie uns, um zu zeigen, dass das Konto Ihnen gehört.",
        "pt": "É possível que outra pessoa tenha usado a sua conta. Verifique os seus contactos e dados de pagamento e "
        "responda-nos para mostrar que a conta é sua.",
    },
    ("phishing", "account.warn"): {
        "en": "A message from your account asked for secrets or led away from the marketplace. This is not allowed "
        "here. Answer us if you think we are wrong.",
        "de": "Eine Nachricht Ihres Kontos fragte nach Geheimnissen oder führte vom Marktplatz weg. Das ist hier nicht "
        "erlaubt. Antworten Sie uns, wenn wir uns irren.",
        "pt": "Uma mensagem da sua conta pedia dados secretos ou levava para fora do mercado. Isso não é permitido "
        "aqui. Responda-nos se acha que estamos enganados.",
    },
    ("phishing", "message.warn_recipients"): {
        "en": "A message you received here may be a fraud. Do not follow its links, and give nobody your password, "
        "codes or card number. If you did, change your password now.",
        "de": "Eine Nachricht, die Sie hier erhalten haben, könnte Betrug sein. Folgen Sie keinen Links und geben Sie "
        "niemandem Passwort, Codes oder Kartennummer. Falls doch geschehen, ändern Sie jetzt Ihr Passwort.",
        "pt": "Uma mensagem que recebeu aqui pode ser uma fraude. Não siga as ligações e não dê a ninguém a "
        "palavra-passe, códigos ou número do cartão. Se já o fez, mude agora a sua palavra-passe.",
    },
    ("payments", "account.warn"): {
        "en": "Payments on your account do not fit our rules: a payment must be made by the holder of the card, for "
        "something really bought. Answer us if you think we are wrong.",
        "de": "Zahlungen über Ihr Konto entsprechen nicht unseren Regeln: Gezahlt werden darf nur vom Inhaber der "
        "Karte und für einen echten Kauf. Antworten Sie uns, wenn wir uns irren.",
        "pt": "Há pagamentos na sua conta que não cumprem as nossas regras: só o titular do cartão pode pagar, e por "
        "algo realmente comprado. Responda-nos se acha que estamos enganados.",
    },
    ("listings", "account.warn"): {
        "en": "What it offers may not be sold here, whoever sells it. Please read the rule on prohibited items, and "
        "answer us if you think we are wrong.",
        "de": "Was darin angeboten wird, darf hier niemand verkaufen. Bitte lesen Sie die Regel zu verbotenen "
        "Artikeln, und antworten Sie uns, wenn wir uns irren.",
        "pt": "O que oferece não pode ser vendido aqui, seja por quem for. Leia a regra sobre artigos proibidos e "
        "responda-nos se acha que estamos enganados.",
    },
}
_GENERAL: Final[Mapping[str, str]] = {
    "en": "Something on your account does not fit our rules. Answer us if you think we are wrong.",
    "de": "Etwas an Ihrem Konto entspricht nicht unseren Regeln. Antworten Sie uns, wenn wir uns irren.",
    "pt": "Algo na sua conta não cumpre as nossas regras. Responda-nos se acha que estamos enganados.",
}


def language_of(*, carrier: str, country: str) -> str:
    """Return in which language a message goes out unless somebody chooses another.

    Whoever is warned reads that of the country where the story of the case's subject began; recipients are strangers.
    """
    return LANGUAGE_OF.get(country, DEFAULT) if carrier == "account.warn" else DEFAULT


def text(*, policy: str, carrier: str, kinds: Collection[str], language: str) -> str:
    """Return the message that one held action carries.

    Args:
        policy: slug of the policy that is applied.
        carrier: kind of the action that carries it, one of CARRIERS.
        kinds: all kinds of action of the decision; those that concern the reader are told first.
    """
    done = [words[language] for kind, words in _DONE.items() if kind in kinds] if carrier == "account.warn" else []
    return " ".join([*done, _SAYS.get((policy, carrier), _GENERAL)[language]])
