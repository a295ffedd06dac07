"""What deceitful messages say, in general English: declared data, read by `signals.features.text`.

Groups are named by what the words do to the reader. Wording that only old premium-rate texts use stays out.
"""

from __future__ import annotations

from signals.features.terms import Term, plain, term, words

URGENCY = "urgency"
CREDENTIAL = "credential"
TROUBLE = "trouble"
PRIZE = "prize"
PAYMENT = "payment"
AWAY = "away"
LURE = "lure"
CALL = "call"

# What each group tells a reviewer; `{}` = how many, then the words.
MEANINGS = {
    URGENCY: "hurries the reader",
    CREDENTIAL: "asks for a password, a code, card or identity data",
    TROUBLE: "says that an account, card, payment or parcel is in trouble",
    PRIZE: "promises a prize, a gift or money",
    PAYMENT: "asks for payment outside the marketplace",
    AWAY: "asks to go on outside the marketplace",
    LURE: "promises a meeting, a loan or easy money",
    CALL: "tells the reader to call, click or reply",
}

_ACCOUNT = words(
    "account accounts card atm bank id kyc wallet access login profile payment paypal apple icloud customer user sim"
    " listing ad shop order today hours hour hrs hr number"
)
_WINNING = words(
    "prize prizes award cash winner claim draw lottery guaranteed congratulations congrats reward voucher vouchers gift"
    " 1000 2000 5000 trip holiday iphone ipod nokia jackpot quiz lucky free weekly bonus selected number"
)
_YOURS = words("your ur you u yr customer holder account claim waiting")

_PLAIN_URGENCY = """
    urgent, urgently, urgent message, immediate action, act now, act fast, final notice, final notification,
    final reminder, final attempt, last chance, last reminder, last warning, 2nd attempt, 2nd time,
    second attempt, within 24 hours, within 24 hour, within 24 hrs, within 24 hr, within 24h, within 48 hours,
    within 12 hours, valid 12hrs, valid 12 hours, 12 hours only, 24 hours only, expires today, expire today,
    ends today, ends tonight, today only, limited time, offer ends, offer expires, before it is too late,
    do not ignore, failure to, avoid suspension, avoid being, to avoid, trying to contact you,
    trying to contact u, tried to contact you, tried to contact u, tried to call you, tried calling you,
    important information, important notice, important message, dont miss out, time is running out,
    expiring soon, before it expires, ends tomorrow, cancel before, hurry up
"""

_PLAIN_CREDENTIAL = """
    verify your, verify ur, confirm your, confirm ur, validate your, update your, update ur, re activate,
    reactivate, unlock your, restore your, verify account, verify now, secure your account, password, passcode,
    pin code, your pin, pin number, one time password, one time code, otp, verification code, security code,
    6 digit code, six digit code, digit code, code you received, code i sent, send me the code, send the code,
    social security number, ssn, card number, cvv, cvc, card details, card information, bank details,
    account details, account number, account information, personal details, billing information,
    billing details, login details, log in via, login here, log in here, log in to, sign in to, sign in here,
    log onto, log on to, identity document, copy of your id, photo of your id, kyc, bvn, apple id,
    registration has been received, complete the process, security deposit link, confirming your,
    verifying your, update the address, correct the address, fill in the correct, restore access,
    kindly restore, provide some information
"""

_CREDENTIALS = (
    *plain(CREDENTIAL, _PLAIN_CREDENTIAL),
    term("confirm", CREDENTIAL, needs=words("account identity id apple details card payment bank")),
    term("activate", CREDENTIAL, needs=words("card atm account kyc")),
)

_PLAIN_TROUBLE = """
    account has been, card has been, has been suspended, been suspended, been blocked, been deactivated,
    been de activated, been locked, been limited, been restricted, been disabled, been placed on hold,
    will be suspended, will be blocked, will be closed, will be terminated, will block, unusual activity,
    unusual sign in, suspicious activity, suspicious login, unauthorized, unauthorised, fraud prevention,
    security alert, account alert, account suspension, due to expire, has expired, is about to expire,
    unable to deliver, could not deliver, failed delivery, missed delivery, delivery failed, delivery attempt,
    make a delivery, reschedule delivery, re schedule, redelivery, customs fee, package is on hold,
    parcel is waiting, tax refund, tax rebate, refund is ready, unpaid, overdue, payment declined,
    payment failed, debit card was, credit card was, transaction of, system upgrade, un redeemed, unredeemed,
    account statement, listing will be removed, account will be, covid 19 grant, compensation for,
    cannot be delivered, could not be delivered, incorrect address, incorrect house number,
    address is incorrect, address details, address format, not deliver because, we missed you, pending parcel,
    pending parcels, pending package, withdrawal failed, did not process, not able to process,
    did not make this, if this wasn t you, if this was not you, profile locked, temporarily disabled,
    temporarily locked, temporarily suspended, benefits on hold, refund of
"""

_TROUBLES = (
    *plain(TROUBLE, _PLAIN_TROUBLE),
    term("blocked", TROUBLE, needs=_ACCOUNT),
    term("suspended", TROUBLE, needs=_ACCOUNT),
    term("deactivated", TROUBLE, needs=_ACCOUNT),
    term("expired", TROUBLE, needs=_ACCOUNT),
)

_PLAIN_PRIZE = """
    you have won, you ve won, youve won, u have won, you won, u won, has won, have won, you are a winner,
    lucky winner, are a winner, r a winner, winner, claim your, claim ur, claim yr, to claim, 2 claim,
    claim code, claim number, claim prize, prize, jackpot, lottery, cash prize, prize draw, prize guaranteed,
    cash award, awarded, selected to receive, been selected, randomly selected, randomly picked,
    specially selected, chosen to receive, congratulations you, congratulations ur, congrats you,
    gift voucher, free gift, free voucher, free vouchers, discount vouchers, gift vouchers, bonus points,
    free entry, guaranteed cash, shopping spree, free holiday, complimentary, free trip, free phone,
    free mobile, free camera, inheritance, beneficiary, million dollars, charity work, donation to you,
    lucky day, lucky draw, your reward, reward is waiting, await collection, awaiting collection, entitled to,
    voucher holder, compensation, grant, free minutes, half price, gift for you, gift for u, little gift,
    small gift, surprise gift, this is a gift, gift valued, give away, giveaway, freebies, free tickets,
    earn up to, receive up to, win up to, get paid, settlement, money owed, may be owed, raffle,
    no cost product, quick survey, finish this survey, complete this survey, minute survey, min survey
"""

_PRIZES = (
    *plain(PRIZE, _PLAIN_PRIZE),
    term("won", PRIZE, needs=_WINNING),
    term("win", PRIZE, needs=_WINNING - words("number")),
    term("gift card", PRIZE, needs=_WINNING - words("gift") | words("get survey your")),
    term("reward", PRIZE, needs=_YOURS),
    term("bonus", PRIZE, needs=_YOURS | words("receive")),
    term("free", PRIZE, needs=words("claim camera phone mobile delivery iphone ipad offer upgrade subscription")),
)

_PLAIN_PAYMENT = """
    western union, moneygram, money gram, wire transfer, wire the money, wire me, bank transfer, bank wire,
    zelle, venmo, cash app, cashapp, friends and family, friends family, paypal link, paypal invoice, bitcoin,
    btc, usdt, ethereum, crypto, crypto wallet, gift card, steam card, itunes card, google play card,
    prepaid card, cashiers check, cashier check, cashier s check, certified check, certified cheque,
    money order, overpayment, pay the difference, send back the rest, shipping agent, my courier, courier will,
    my mover, movers will, my agent, deposit first, deposit to hold, pay a deposit, refundable deposit,
    reservation fee, payment link, pay through this link, pay via this link, pay outside, pay directly,
    pay me directly, release the money, release fee, escrow agent, processing fee
"""

_PLAIN_AWAY = """
    outside the app, outside this app, outside the site, outside the platform, off the app, off platform,
    off the site, not on this app, not on here, dont check this, rarely check this, dont use this app,
    email me at, e mail me at, email me on, text me at, text me on, text my, call me at, call me on, call my,
    contact me at, contact me on, contact me directly, reach me at, reach me on, message me on, msg me on,
    write me on, write me at, write to my, add me on, hit me up on, chat on, talk on, my number is, my cell is,
    my email is, my personal email, my private email
"""

_PLAIN_LURE = """
    secret admirer, dating service, wants to meet you, looking to meet, meet someone, fancies you, fancy you,
    find out who, chat with me, rude chat, adult chat, sexy, work from home, make money, easy money, earn money,
    extra income, daily income, guaranteed income, guaranteed return, double your money, investment opportunity,
    loan for any, loans for any, bad credit, loan approved, no credit check, pre approved, previously refused,
    hot singles, account manager, 100 profit, part time job, working from home, hourly job, private pics,
    private photos, private gallery, date night, no strings
"""

_PLAIN_CALL = """
    call now, call us, call free, call back, please call, just call, call from, urgently call,
    call customer care, call our, call the, customer care, customer service, customer services, claims line,
    click here, click this, click on, click the link, click below, follow this link, follow the link,
    follow the steps, tap here, please tap, tap the, go to http, go to www, go here, visit, apply here,
    qualify here, continue via, contact us, reply yes, reply stop, reply or call, reply with, text back,
    now to claim, here to, secure link, link below, this link, please follow, please contact, contact customer,
    click to apply, open link, view now, access here, reply stop to, tap to, press here, refer to, find below
"""

TERMS: tuple[Term, ...] = (
    *plain(URGENCY, _PLAIN_URGENCY),
    term("immediately", URGENCY, needs=_ACCOUNT | words("call contact waiting respond customer")),
    *_CREDENTIALS,
    *_TROUBLES,
    *_PRIZES,
    *plain(PAYMENT, _PLAIN_PAYMENT),
    *plain(AWAY, _PLAIN_AWAY),
    *plain(LURE, _PLAIN_LURE),
    *plain(CALL, _PLAIN_CALL),
)
