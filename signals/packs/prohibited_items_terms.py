"""What the marketplace does not allow, as words: declared data, read by `signals.features.policy_terms`.

A term stands here because it names the thing in general English or is a generic or brand name; sellers' names and
stock codes of one shop do not belong here. A word with an everyday meaning needs company (`needs`) or exceptions.
"""

from __future__ import annotations

from signals.features.terms import CALIBRE, Term, plain, term, words
from signals.packs.prohibited_drugs_terms import DRUG_TERMS

WEAPONS = "prohibited.weapons"
WILDLIFE = "prohibited.wildlife"
COUNTERFEIT = "prohibited.counterfeit"
OTHER = "prohibited.other"

GUN_TALK = words(
    "caliber calibre cal rounds round ammo ammunition ffl magazine mag semi automatic"
    " unregistered untraceable loaded holster acp luger glock ruger colt remington smith wesson"
    " mossberg"
) | {CALIBRE}
BRANDS = words(
    "rolex omega cartier patek audemars breitling hublot tag heuer gucci chanel prada hermes"
    " birkin vuitton lv louis dior versace burberry balenciaga fendi moncler supreme yeezy jordan"
    " jordans nike adidas iphone airpods beats oakley rayban tiffany pandora michael kors coach"
    " tissot panerai watch watches handbag handbags sneakers designer"
)

_GUN_BEFORE = (
    "nail glue heat spray massage massager caulk caulking grease staple stapler soldering solder"
    " paint water toy nerf squirt radar rivet price tape foam blow dust temperature infrared light"
    " barcode scanner scan zapper cap top tattoo tagging label sandblast sandblasting air bubble"
    " laser ray pellet bb airsoft brad impact torque pressure washer texture fascia percussion"
    " thermometer hot glock wii no winch heating spud machine flare"
)
_GUN_AFTER = "cabinet safe rack case metal metallic grey gray belt show violence oil lock wall n and roses blade stock"

_WEAPON_TERMS = (
    term(
        "gun",
        WEAPONS,
        before=_GUN_BEFORE,
        after=_GUN_AFTER,
        near="cabinet nerf airsoft toy ps4 xbox wii playstation nintendo game massage holder scope winch",
        categories="housing",
    ),
    term(
        "pistol",
        WEAPONS,
        needs=GUN_TALK,
        before="water toy nerf sex cap spray massage",
        after="grip case whip squat offense",
        near="airsoft replica toy drill cordless impact",
    ),
    term("revolver", WEAPONS, needs=GUN_TALK, near="beatles vinyl lp album airsoft toy"),
    term(
        "rifle",
        WEAPONS,
        needs=GUN_TALK | words("sale new"),
        before="air bb pellet toy nerf",
        after="scope case bag sling rack range paper",
        near="airsoft toy",
    ),
    term(
        "shotgun",
        WEAPONS,
        needs=GUN_TALK | words("gauge barrel pump sale"),
        after="mic microphone house seat shack",
        near="rode boom microphone sennheiser",
    ),
    term(
        "ammo",
        WEAPONS,
        needs=GUN_TALK - words("ammo ammunition") | words("bulk box boxes sale"),
        after="can cans box crate storage",
        near="nerf airsoft paintball empty vintage",
        categories="bike",
    ),
    term("ammunition", WEAPONS, after="can cans box crate", near="nerf airsoft paintball empty"),
    term("glock", WEAPONS, near="airsoft toy holster replica kit lego"),
    term("ar 15", WEAPONS, near="airsoft toy amp amplifier speaker"),
    term("ak 47", WEAPONS, near="airsoft toy seeds shake poster shirt"),
    term("suppressor", WEAPONS, needs=GUN_TALK | words("rifle pistol thread"), near="surge voltage noise"),
    term(
        "silencer",
        WEAPONS,
        needs=GUN_TALK | words("rifle pistol thread"),
        near="exhaust muffler bike motorcycle pc fan",
    ),
    term("grenade", WEAPONS, near="toy airsoft airhead vintage dummy inert trainer lighter"),
    term("stun gun", WEAPONS),
    term("taser", WEAPONS, near="toy phaser"),
)

_PLAIN_WEAPONS = """
    handgun, ghost gun, firearm, submachine gun, machine pistol, assault rifle, sawed off shotgun, lower
    receiver, 80 lower, bump stock, glock switch, auto sear, high capacity magazine, brass knuckles, knuckle
    duster, switchblade, butterfly knife, balisong, gravity knife, throwing stars, pipe bomb, c4 explosive,
    detonator cord, blasting caps, pepper spray gun, ballistic knife, 3d printed gun
"""

_WILDLIFE_TERMS = (
    term(
        "ivory",
        WILDLIFE,
        needs=words(
            "elephant tusk tusks walrus mammoth carved carving netsuke narwhal hippo genuine antique scrimshaw hanko"
        ),
        after=(
            "sofa couch chair leather color colour paint white dress lace coast soap black rug fabric"
            " linen comforter curtains"
        ),
        before="faux imitation off color colour",
        near="resin plastic faux bakelite keys piano",
    ),
    term(
        "tortoiseshell",
        WILDLIFE,
        needs=words("genuine real antique hawksbill natural turtle shell carey"),
        near="cat kitten acetate glasses sunglasses eyeglasses frame frames pattern faux style plastic",
    ),
    term(
        "leopard",
        WILDLIFE,
        needs=words("skin pelt fur taxidermy genuine hide claw tooth skull"),
        after="print pattern gecko mac os",
        near="faux print plush costume osx mac pillow",
    ),
    term(
        "tiger",
        WILDLIFE,
        needs=words("skin pelt bone bones claw claws tooth teeth penis wine rug hide skull"),
        before="faux",
        near="faux plush shark print toy stone woods paint",
    ),
    term("shark fin", WILDLIFE, after="antenna antennas guitar surf", near="antenna car costume toy plush bmw"),
    term("pangolin", WILDLIFE, near="plush toy sticker print book"),
    term("sea turtle", WILDLIFE, needs=words("shell skull taxidermy leather oil egg eggs")),
    term("rhino", WILDLIFE, needs=words("horn horns powder"), near="ram truck grill liner beetle"),
)

_PLAIN_WILDLIFE = """
    elephant ivory, ivory tusk, ivory tusks, elephant tusk, elephant tusks, walrus ivory, narwhal tusk, rhino
    horn, rhinoceros horn, tiger skin rug, tiger bone, tiger claw, pangolin scales, bear bile, bear gallbladder,
    shahtoosh, hawksbill, tortoise shell, genuine turtle shell, polar bear rug, snow leopard pelt, eagle
    feather, eagle feathers, saiga horn, totoaba, helmeted hornbill, agarwood wild, rosewood logs, elephant hair
    bracelet, elephant skin wallet, sawfish rostrum, manta gill, dried seahorse, dried seahorses, ocelot coat,
    jaguar pelt
"""

_COUNTERFEIT_TERMS = (
    term(
        "replica",
        COUNTERFEIT,
        needs=BRANDS,
        before="not no isnt",
        near="not lego model diecast helmet prop eames genuine authentic real",
    ),
    term("knockoff", COUNTERFEIT, needs=BRANDS, before="not no isnt"),
    term("knock off", COUNTERFEIT, needs=BRANDS, before="not no isnt"),
    term(
        "fake",
        COUNTERFEIT,
        needs=BRANDS - words("iphone watch watches coach michael designer"),
        before="not no isnt beware of",
        near="beware avoid scam scammers report authentic real genuine not",
    ),
    term("superclone", COUNTERFEIT, needs=BRANDS),
    term("super clone", COUNTERFEIT, needs=BRANDS),
    term("mirror quality", COUNTERFEIT, needs=BRANDS),
    term("1 1 quality", COUNTERFEIT, needs=BRANDS),
    term("inspired", COUNTERFEIT, needs=words("rolex gucci chanel vuitton hermes prada")),
    term(
        "counterfeit",
        COUNTERFEIT,
        needs=BRANDS | words("money bills notes currency euro dollars undetectable"),
        before="not no anti",
        near="detector detection beware pen scam",
    ),
)

_PLAIN_COUNTERFEIT = """
    replica rolex, rolex replica, replica watches, aaa replica, aaa quality replica, 1 1 replica,
    aaa copy, high copy, mirror copy, swiss replica, replica handbags, replica louis vuitton, replica gucci, ua
    jordans, rep sneakers, unauthorized authentic, counterfeit money, counterfeit bills, undetectable bills,
    fake money, superfake
"""

_PLAIN_OTHER = """
    fake id, fake ids, scannable id, novelty id, fake passport, fake passports, real passports, fake drivers
    license, fake diploma, stolen credit cards, credit card dumps, cvv fullz, fullz, dumps with pin, track 2
    dumps, cloned cards, cloned credit card, bank drops, hacked accounts, hacked paypal, card skimmer, atm
    skimmer, gsm skimmer, carding guide, cracked accounts, ssn dob, stolen goods, stolen iphone, icloud unlock
    bypass, human kidney, kidney for sale, blank prescription, prescription pad, keylogger, ddos service, botnet
    rental, hitman
"""

TERMS: tuple[Term, ...] = (
    *DRUG_TERMS,
    *plain(WEAPONS, _PLAIN_WEAPONS),
    *_WEAPON_TERMS,
    *plain(WILDLIFE, _PLAIN_WILDLIFE),
    *_WILDLIFE_TERMS,
    *plain(COUNTERFEIT, _PLAIN_COUNTERFEIT),
    *_COUNTERFEIT_TERMS,
    *plain(OTHER, _PLAIN_OTHER),
)
