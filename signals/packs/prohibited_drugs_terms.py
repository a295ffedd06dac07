"""Drugs, medicines sold without prescription and their slang: declared data of the prohibited-items pack."""

from __future__ import annotations

from signals.features.terms import BULK, COUNT, DOSE, Term, plain, term, words

DRUGS = "prohibited.drugs"

DRUG_TALK = words(
    "thc cannabis marijuana indica sativa edible edibles potent potency uncut purity fishscale"
    " stealth escrow fe dose doses dosed gram grams stoned infused decarbed feminized autoflower"
    " autoflowering strain strains hydroponic gummies brownies brownie resin bubble trim nug nugs"
    " dank chronic kush discreet discreetly vacuum smoke smoking smokes high"
)
AMOUNT = frozenset({DOSE, BULK})
DOSED = DRUG_TALK | AMOUNT
PILLS = words("mg tablet tablets pill pills capsule capsules caps tabs blister script rx generic pharma") | {
    DOSE,
    COUNT,
}
SEEDS = words("seed seeds fem feminized feminised autoflower autoflowering auto strain clone clones cuttings")
BUD = SEEDS | DOSED | words("shake trim weed bud buds hash haze hybrid indoor outdoor skunk cut")
EDIBLE = words(
    "brownie brownies cookie cookies cake cakes candy candies gummy gummies butter chocolate"
    " fudge lollipop lollipops sucker suckers edible edibles rancher ranchers caramels tincture"
    " bars"
)
_PLAIN_DRUGS = """
    cocaine, cocain, kokain, cocaina, crack cocaine, heroin, diamorphine, methamphetamine, crystal meth, meth,
    amphetamine, amphetamin, dexamphetamine, dextroamphetamine, amphetamine sulphate, mephedrone, 4 mmc, 3 mmc,
    mdma, mdma crystals, ecstasy pills, ecstasy tablets, lsd blotter, lsd tabs, acid tabs, acid blotter, changa,
    psilocybin, psilocybe, magic mushrooms, shrooms, magic truffles, mescaline, peyote, ayahuasca, ibogaine,
    ketamine, ghb, gbl, rohypnol, 2c b, 2cb, 25i nbome, nbome, ethylphenidate, etizolam, flubromazepam, u 47700,
    cannabis, marijuana, marihuana, ganja, hashish, hash oil, thc, thc cartridges, thc vape, sinsemilla, charas,
    cannabis seeds, marijuana seeds, feminized seeds, feminised seeds, autoflowering seeds, autoflower seeds,
    cannabutter, cannibutter, canna butter, canna oil, cannaoil, canna caps, cannacaps, cannapops, rick simpson
    oil, weed brownies, pot brownies, pot cookies, hash brownies, hash gummies, space cake, live resin, butane
    honey oil, cannabinoid, synthetic cannabinoid, jwh 018, jwh 073, jwh 250, am 2201, mam 2201, ab fubinaca,
    fubinaca, ab chminaca, chminaca, ab pinaca, 5f pb 22, fub pb 22, pb 22, ur 144, xlr 11, thj 018, 5f akb48,
    mdmb 4en pinaca, adderall, adderal, ritalin, ritaline, methylphenidate, dexmethylphenidate, focalin,
    vyvanse, lisdexamfetamine, dexedrine, desoxyn, modafinil, armodafinil, provigil, nuvigil, modalert, waklert,
    ephedrine, pseudoephedrine, xanax, alprazolam, diazepam, valium, clonazepam, klonopin, rivotril, lorazepam,
    ativan, temazepam, zolpidem, ambien, zopiclone, phenobarbital, carisoprodol, pregabalin, gabapentin,
    oxycodone, oxycontin, oxycontins, percocet, percocets, roxicodone, hydrocodone, vicodin, oxymorphone,
    hydromorphone, dilaudid, morphine, codeine, tramadol, fentanyl, fentanil, carfentanil, methadone,
    buprenorphine, suboxone, subutex, promethazine, tapentadol, viagra, cialis, levitra, sildenafil, tadalafil,
    kamagra, bupropion, wellbutrin, isotretinoin, accutane, anabolic steroids, trenbolone, dianabol, winstrol,
    stanozolol, anavar, oxandrolone, nandrolone, clenbuterol, testosterone enanthate, testosterone cypionate,
    human growth hormone, hydroxybutyrate, og kush, blue dream, sour diesel, white widow, amnesia haze, super
    lemon haze, hindu kush, bubba kush, purple kush, master kush, durban poison, lowryder, chemdawg, granddaddy
    purple, green crack, lemon skunk, super skunk
"""

_CONDITIONAL_DRUGS = (
    term(
        "weed",
        DRUGS,
        needs=DOSED | EDIBLE | words("grinder dealer sale bud strain seeds"),
        before="no anti tumble milk sea duck carp pond wheel string",
        after=(
            "killer killers killing wacker wackers whacker whackers eater eaters trimmer barrier control"
            " free puller burner pulling fabric whip mat block preventer"
        ),
        near="garden lawn mower edger weeding herbicide roundup yard landscaping",
    ),
    term("pot", DRUGS, needs=EDIBLE - words("cake cakes chocolate bars butter") | words("thc potent sativa indica")),
    term(
        "hash", DRUGS, needs=DOSED | EDIBLE | words("pill passion plant"), after="brown browns browned tag tags house"
    ),
    term(
        "coke",
        DRUGS,
        needs=DOSED | words("peruvian bolivian colombian columbian pure flake gr g gram grams"),
        before="diet cherry vanilla zero bottle classic",
        after="zero bottle bottles can cans machine sign cooler oven crate glass glasses",
        near="cola coca soda pepsi vintage collectible advertising",
    ),
    term(
        "crack",
        DRUGS,
        needs=words("cocaine peruvian purity uncut fishscale sampler rock rocks pure"),
        after="screen windshield dash",
    ),
    term("speed", DRUGS, needs=words("paste amphetamine amphetamin sulphate uncut adderall"), near="bike bicycle gear"),
    term("speed paste", DRUGS),
    term("speed tablets", DRUGS),
    term(
        "acid",
        DRUGS,
        needs=words("tabs tab blotter blotters trip trips hits ug lsd"),
        after="wash washed jazz reflux rain battery etch",
        near="jeans denim battery hyaluronic skincare amino",
    ),
    term("ecstasy", DRUGS, needs=PILLS | DOSED),
    term("lsd", DRUGS, near="differential diff slip posi axle infiniti gearbox lsd1", categories="car"),
    term("dmt", DRUGS, near="shoes cleats cycling shimano", categories="bike"),
    term("fish scale", DRUGS, needs=words("uncut peruvian cocaine coke purity")),
    term("amnesia", DRUGS, needs=SEEDS),
    term("autoflower", DRUGS),
    term("autoflowering", DRUGS),
    term("feminized", DRUGS, needs=words("seed seeds strain auto")),
    term("brownies", DRUGS, needs=words("potent thc dosed stoned")),
    term("molly", DRUGS, needs=words("mdma gram grams crystals pure caps capsules") | {DOSE}, near="doll ringwald"),
    term(
        "spice",
        DRUGS,
        needs=words("k2 potent synthetic smoking herbal legal incense cannabinoid"),
        after="rack jar jars grinder drawer cabinet girls",
        near="kitchen cooking",
    ),
    term("k2", DRUGS, needs=words("spice synthetic potent incense")),
    term("herbal incense", DRUGS, needs=words("strength potent smoking xtreme gram grams") | {DOSE}),
    term("smoking blend", DRUGS, needs=words("synthetic legal herbal potent") | {DOSE}),
    term("kush", DRUGS, needs=BUD, near="conversion rims wheels kawaii", categories="car"),
    term("skunk", DRUGS, needs=BUD - words("high outdoor indoor")),
    term("haze", DRUGS, needs=SEEDS | {DOSE, BULK}),
    term("northern lights", DRUGS, needs=SEEDS | {DOSE, BULK}, near="aurora photo photography print tour"),
    term("big bud", DRUGS, needs=SEEDS | {DOSE, BULK}),
    term("ak47", DRUGS, needs=words("shake seeds bud buds weed strain trim") | {DOSE, BULK}),
    term("girl scout cookies", DRUGS, needs=AMOUNT | SEEDS | words("thc shatter bud buds indica")),
    term("gorilla glue", DRUGS, needs=AMOUNT | SEEDS | words("thc shatter bud buds indica"), near="adhesive oz wood"),
    term("indica", DRUGS, needs=BUD | EDIBLE | words("caps oil vape chews")),
    term("sativa", DRUGS, needs=BUD | EDIBLE | words("caps oil vape chews"), before="nigella avena medicago cannabis"),
    term("shatter", DRUGS, needs=words("wax thc dabs bho") | {DOSE}, after="proof resistant resistance"),
    term("moon rocks", DRUGS, needs=words("thc weed bud kief")),
    term("quad dose", DRUGS),
    term("infused", DRUGS, needs=words("hash weed thc cannabis canna 100mg 200mg edible")),
    term("edibles", DRUGS, needs=words("thc weed potent dose infused strongest darknet stealth mg cannabis")),
    term("edible", DRUGS, needs=words("thc weed potent dose infused strongest stealth cannabis mg mixed")),
    term("cheeba", DRUGS),
    term("bhang", DRUGS),
    term("concerta", DRUGS, needs=PILLS),
    term("norco", DRUGS, needs=PILLS, near="bike bikes bicycle frame fork mtb", categories="bike"),
    term("opium", DRUGS, needs=DOSED | words("poppy pods latex afghan"), near="perfume ysl laurent bed table den"),
    term("steroids", DRUGS, needs=PILLS | words("cycle injectable oral bodybuilding vial")),
    term("speedball", DRUGS, needs=DOSED),
    term(
        "bud",
        DRUGS,
        needs=words("thc weed dank indica sativa cannabis marijuana autoflowering feminized"),
        after="light vase vases",
        near="earbuds ear",
    ),
    term("trim", DRUGS, needs=words("shake thc weed cannabis escrow"), categories="car housing furniture bike"),
    term("fishscale", DRUGS, needs=frozenset({DOSE}) | words("pure uncut purity gr")),
    term(
        "peruvian",
        DRUGS,
        needs=frozenset({DOSE}) | words("flake uncut purity fishscale"),
        near="alpaca wool lily coffee rug",
    ),
    term("colombian", DRUGS, needs=words("flake uncut purity fishscale"), near="coffee emerald roast"),
    term("bolivian", DRUGS, needs=frozenset({DOSE}) | words("flake uncut purity fishscale")),
    term("dexies", DRUGS),
    term("dexie", DRUGS, needs=PILLS),
    term("addys", DRUGS, needs=PILLS | words("custom")),
    term("oxy", DRUGS, needs=words("mg pills blues roxy percocet") | {DOSE}, near="acetylene cleaner clean"),
)

DRUG_TERMS: tuple[Term, ...] = (*plain(DRUGS, _PLAIN_DRUGS), *_CONDITIONAL_DRUGS)
