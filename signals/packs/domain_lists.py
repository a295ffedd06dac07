"""Domains that text rules know by name: throw-away mail, link shorteners, and the brands our users hear from.

Short lists of well-known names; an installation adds its own from files (`domains.read_list`).
"""

from __future__ import annotations

from dataclasses import dataclass

from signals.features.terms import words


@dataclass(frozen=True, slots=True)
class Brand:
    """A name that is imitated.

    Attributes:
        name: the label as it stands in the brand's own domain.
        own: the registrable domains that are the brand's.
        common: the name is an everyday word, so that its mere presence in a domain means nothing.
    """

    name: str
    own: frozenset[str]
    common: bool = False


def _brand(name: str, own: str, *, common: bool = False) -> Brand:
    return Brand(name, words(own), common)


OWN_DOMAINS = frozenset({"shop.example"})

BRANDS: tuple[Brand, ...] = (
    # The marketplace itself comes first: its imitators matter most. Its name is an everyday word.
    _brand("shop", "shop.example", common=True),
    _brand("paypal", "paypal.com paypal.me paypalobjects.com paypal.co.uk paypal.de"),
    _brand("venmo", "venmo.com"),
    _brand("zelle", "zellepay.com zelle.com"),
    _brand("cashapp", "cash.app"),
    _brand("stripe", "stripe.com", common=True),
    _brand("klarna", "klarna.com"),
    _brand("revolut", "revolut.com revolut.me"),
    _brand("westernunion", "westernunion.com"),
    _brand("moneygram", "moneygram.com"),
    _brand("coinbase", "coinbase.com"),
    _brand("binance", "binance.com", common=True),
    _brand("paytm", "paytm.com paytm.me paytm.in"),
    _brand("visa", "visa.com visa.co.uk", common=True),
    _brand("mastercard", "mastercard.com mastercard.us"),
    _brand("americanexpress", "americanexpress.com"),
    _brand("bankofamerica", "bankofamerica.com bofa.com"),
    _brand("wellsfargo", "wellsfargo.com"),
    _brand("chase", "chase.com", common=True),
    _brand("citibank", "citibank.com citi.com"),
    _brand("capitalone", "capitalone.com"),
    _brand("hsbc", "hsbc.com hsbc.co.uk"),
    _brand("barclays", "barclays.com barclays.co.uk"),
    _brand("lloyds", "lloydsbank.com lloydsbank.co.uk"),
    _brand("natwest", "natwest.com"),
    _brand("santander", "santander.com santander.co.uk"),
    _brand("nationwide", "nationwide.co.uk nationwide.com", common=True),
    _brand("netbank", "netbank.com commbank.com.au", common=True),
    _brand("commbank", "commbank.com.au"),
    _brand("sparkasse", "sparkasse.de"),
    _brand("dhl", "dhl.com dhl.de dhl.co.uk"),
    _brand("fedex", "fedex.com"),
    _brand("ups", "ups.com", common=True),
    _brand("usps", "usps.com"),
    _brand("hermes", "myhermes.co.uk hermesworld.com hermes.com", common=True),
    _brand("evri", "evri.com"),
    _brand("royalmail", "royalmail.com"),
    _brand("dpd", "dpd.com dpd.co.uk dpd.de"),
    _brand("amazon", "amazon.com amazon.co.uk amazon.de amazon.fr amazon.in amazon.it amazon.es amzn.to amazonaws.com"),
    _brand("ebay", "ebay.com ebay.co.uk ebay.de ebay.fr ebay.com.au ebay.ca ebay.us"),
    _brand("etsy", "etsy.com"),
    _brand("vinted", "vinted.com vinted.fr vinted.co.uk vinted.de", common=True),
    _brand("gumtree", "gumtree.com"),
    _brand("craigslist", "craigslist.org"),
    _brand("flipkart", "flipkart.com"),
    _brand("alibaba", "alibaba.com"),
    _brand("walmart", "walmart.com"),
    _brand("target", "target.com", common=True),
    _brand("bestbuy", "bestbuy.com"),
    _brand("apple", "apple.com apple.co", common=True),
    _brand("icloud", "icloud.com", common=True),
    _brand("itunes", "itunes.com apple.com"),
    _brand("google", "google.com google.co.uk google.de goo.gl googleapis.com googleusercontent.com"),
    _brand("gmail", "gmail.com"),
    _brand("microsoft", "microsoft.com microsoftonline.com"),
    _brand("outlook", "outlook.com", common=True),
    _brand("facebook", "facebook.com fb.com"),
    _brand("instagram", "instagram.com"),
    _brand("whatsapp", "whatsapp.com whatsapp.net"),
    _brand("telegram", "telegram.org telegram.me", common=True),
    _brand("netflix", "netflix.com"),
    _brand("vodafone", "vodafone.com vodafone.co.uk vodafone.de"),
    _brand("hmrc", "hmrc.gov.uk service.gov.uk"),
    _brand("irs", "irs.gov", common=True),
    _brand("govuk", "gov.uk"),
)

# What stands beside a brand's name in a domain made to deceive.
BAIT_WORDS = words(
    "login logon signin sign secure security verify verification verified account accounts support service services"
    " help helpdesk customer care update updates billing invoice payment payments pay payout refund refunds claim"
    " id auth authenticate confirm confirmation unlock unblock recover recovery reset alert alerts notice suspended"
    " wallet bank banking online tracking track parcel package delivery redelivery reschedule post tax gift bonus"
    " reward rewards prize winner promo safe protect protection buyer seller escrow order orders checkout"
)

DISPOSABLE_MAIL = words(
    "mailinator.com guerrillamail.com guerrillamail.net guerrillamail.org sharklasers.com grr.la 10minutemail.com"
    " 10minutemail.net tempmail.com temp-mail.org temp-mail.io tempmail.net tempmail.dev tempail.com tempr.email"
    " throwawaymail.com trashmail.com trashmail.de trashmail.net trash-mail.com yopmail.com yopmail.fr yopmail.net"
    " getnada.com nada.email dispostable.com maildrop.cc mailnesia.com mailcatch.com mohmal.com moakt.com fakeinbox.com"
    " fakemail.net emailondeck.com mintemail.com mytemp.email spamgourmet.com spambox.us spam4.me discard.email"
    " discardmail.com discardmail.de mailnull.com mailexpire.com tempinbox.com tempmailaddress.com burnermail.io"
    " inboxkitten.com mail-temp.com tmpmail.org tmpmail.net minuteinbox.com 1secmail.com 1secmail.net 1secmail.org"
    " anonbox.net mailsac.com getairmail.com harakirimail.com incognitomail.com jetable.org wegwerfmail.de"
    " wegwerfemail.de einrot.com cuvox.de armyspy.com dayrep.com fleckens.hu gustr.com jourrapide.com rhyta.com"
    " superrito.com teleworm.us mvrht.net luxusmail.org linshiyouxiang.net internxt.com emailfake.com generator.email"
    " dropmail.me crazymailing.com mailpoof.com tempmailo.com disposablemail.com throwam.com inboxbear.com"
)

SHORTENERS = words(
    "bit.ly bitly.com bit.do tinyurl.com t.co goo.gl ow.ly is.gd v.gd buff.ly rb.gy cutt.ly shorturl.at short.io"
    " tiny.cc t.ly s.id rebrand.ly bl.ink soo.gd lnkd.in adf.ly shorte.st bc.vc ouo.io linktr.ee qr.ae x.co u.to"
    " tr.im su.pr clck.ru vk.cc amzn.to fb.me wp.me youtu.be snip.ly urlz.fr shrtco.de 1pt.co surl.li kutt.it"
    " gg.gg n9.cl qrco.de me2.do tny.im reurl.cc lihi.cc yourls.org redirect.is webredirect.org"
)

# Endings that cost next to nothing and that abuse reports name out of proportion to their size.
CHEAP_SUFFIXES = words(
    "top xyz icu buzz click link cyou sbs cfd bond monster quest hair beauty cam rest lol work fit gdn loan win bid"
    " date review stream download racing cricket party trade science accountant faith men tk ml ga cf gq pw ws support"
)
