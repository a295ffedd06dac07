"""Features of listings: how much a seller lists, and which policy terms the words touch."""

from datetime import timedelta

from signals.features.spec import Family, Feature, Privacy, Type

DAY = timedelta(days=1)
DAYS_90 = timedelta(days=90)

LISTED = ("listing.created", "listing.updated")

_seller = Family("seller", LISTED, ("listing.created",))

WINDOWS: tuple[Feature, ...] = (
    _seller.distinct("seller_listings_24h", "listing", DAY, "Listings of the seller in the last day."),
    _seller.distinct("seller_listings_90d", "listing", DAYS_90, "Listings of the seller in 90 days."),
)


def _text(name: str, type_: Type, meaning: str) -> Feature:
    return Feature(name, "listing", LISTED, type_, meaning, privacy=Privacy.CONTENT, function="listing_text")


TEXT: tuple[Feature, ...] = (
    _text("listing_policy_hits", Type.INT, "Policy terms in the listing that no exception allows."),
    _text("listing_policy_title_hits", Type.INT, "Policy terms in the title that no exception allows."),
    _text("listing_policy_terms", Type.INT, "Different policy terms in the listing that no exception allows."),
    _text("listing_policy_class", Type.STRING, "The label class that most of the terms suggest."),
    _text("listing_policy_excepted", Type.INT, "Policy terms in the listing that an exception allows."),
    _text("listing_evasion", Type.BOOL, "A policy term is disguised by spacing or look-alike letters."),
)

FEATURES = WINDOWS + TEXT
