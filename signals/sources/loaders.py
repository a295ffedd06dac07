"""The table of loaders by the name of their set."""

from signals.sources.base import Loader
from signals.sources.jsonl import jsonl
from signals.sources.listings import agora_2014_listings, craigslist_listings
from signals.sources.logins import login_attempts_sim
from signals.sources.messages import craigslist_bargain_chats, sms_smishing_mendeley
from signals.sources.orders import fraud_ecommerce
from signals.sources.payments import adyen_chargebacks, fdh_card_transactions

LOADERS: dict[str, Loader] = {
    loader.__name__: loader
    for loader in (
        fdh_card_transactions,
        adyen_chargebacks,
        fraud_ecommerce,
        login_attempts_sim,
        sms_smishing_mendeley,
        craigslist_bargain_chats,
        craigslist_listings,
        agora_2014_listings,
        jsonl,
    )
}
