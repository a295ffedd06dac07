"""Names of messengers and the endings that make a bare word with a dot a web address."""

from __future__ import annotations

from signals.features.terms import Term, words

MESSENGERS: tuple[Term, ...] = tuple(
    Term(name, "messenger")
    for name in (
        "whatsapp", "whatsap", "watsapp", "whats app", "wassap", "telegram", "telegramm", "wechat", "viber", "skype",
        "kik", "snapchat", "instagram", "discord", "hangouts", "google chat", "zangi", "kakaotalk", "wickr", "signal",
        "facebook messenger", "fb messenger", "threema", "facetime", "imessage",
    )
)  # fmt: skip

# The usual name behind spellings.
MESSENGER_NAMES = {
    "whatsap": "whatsapp", "watsapp": "whatsapp", "whats app": "whatsapp", "wassap": "whatsapp",
    "telegramm": "telegram", "facebook messenger": "facebook", "fb messenger": "facebook",
}  # fmt: skip

# A link to one of these hosts is an address on that messenger.
MESSENGER_HOSTS = {
    "t.me": "telegram", "telegram.me": "telegram", "telegram.dog": "telegram", "wa.me": "whatsapp",
    "api.whatsapp.com": "whatsapp", "chat.whatsapp.com": "whatsapp", "m.me": "facebook", "discord.gg": "discord",
    "line.me": "line", "signal.me": "signal", "join.skype.com": "skype",
}  # fmt: skip

# Endings after which a bare name is an address. Others are also words (`great.deals`, `call.me`): they need a path,
# a digit or a hyphen, or `www` and `http` before them.
SURE_SUFFIXES = words(
    "com net org info biz co.uk org.uk ltd.uk me.uk gov.uk ac.uk com.au net.au co.in co.nz co.za com.br com.mx io ly gd"
    " gl gg cc tk ml ga cf gq xyz eu uk de fr es nl pl ru ch cz se dk ca au jp cn br mx tv mobi name asia example test"
    " site icu top website cyou sbs cfd buzz"
)
