"""The loaders read each set as its readme describes it; the rows here are made up in the same shape."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signals.sources import LOADERS, BadSource, Truth


def write(path: Path, text: str) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(text)


ADYEN = (
    "txid,bookingdate,issuercountrycode,txvariantcode,bin,amount,currencycode,shoppercountrycode,shopperinteraction,"
    "simple_journal,cardverificationcodesupplied,cvcresponsecode,creationdate,accountcode,mail_id,ip_id,card_id\n"
    "1,2015-07-03 09:00:00,MX,v,411111.0,1000,MXN,MX,Ecommerce,Chargeback,True,0,2015-07-01 08:00:00,M,email1,"
    "ip1,card1\n"
    "2,2015-07-02 08:00:00,MX,v,411111.0,2000,MXN,MX,Ecommerce,Refused,True,0,2015-07-02 08:00:00,M,email2,ip2,card2\n"
    "3,2015-07-04 08:00:00,MX,v,411111.0,3000,MXN,MX,Ecommerce,Settled,True,0,2015-07-04 08:00:00,M,email3,ip3,card3\n"
)


@pytest.fixture
def adyen(tmp_path):
    write(tmp_path / "transactions.csv.gz", ADYEN)
    return tmp_path


def test_adyen_chargeback_arrives_when_it_was_booked_between_later_payments(adyen):
    items = list(LOADERS["adyen_chargebacks"](adyen))

    assert [(item.envelope["type"], item.envelope["time"][:10]) for item in items] == [
        ("payment.captured", "2015-07-01"),
        ("payment.refused", "2015-07-02"),
        ("dispute.opened", "2015-07-03"),
        ("payment.captured", "2015-07-04"),
    ]


def test_adyen_ids_are_pseudonyms_and_truth_waits_for_the_booking(adyen):
    first, refused, *_ = LOADERS["adyen_chargebacks"](adyen)

    assert first.envelope["data"] == {
        "payment": "ady-p1",
        "amount": {"minor": 1000, "currency": "MXN"},
        "card": "~card1",
        "email": "~email1",
        "bin": "411111",
        "context": {"ip": "~ip1", "country": "MX"},
    }
    assert first.truth == Truth(
        "payment", "ady-p1", "payment_fraud", "payment.third_party", datetime(2015, 7, 3, 9, tzinfo=UTC)
    )
    assert refused.truth is None


def test_fdh_label_is_known_a_week_later(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    at = datetime(2018, 6, 1, 0, 1, 11)  # noqa: DTZ001  (the set has no zone)
    row = {"TRANSACTION_ID": [7], "TX_DATETIME": [at], "CUSTOMER_ID": [8], "TERMINAL_ID": [9], "TX_AMOUNT": [12.34]}
    pq.write_table(pa.table({**row, "TX_FRAUD": [1], "TX_FRAUD_SCENARIO": [2]}), tmp_path / "transactions.parquet")

    (item,) = LOADERS["fdh_card_transactions"](tmp_path)

    assert item.envelope["data"] == {
        "payment": "fdh-p7",
        "buyer": "fdh-c8",
        "seller": "fdh-t9",
        "card": "~fdh-card8",
        "amount": {"minor": 1234, "currency": "EUR"},
        "synthetic": ["card"],
    }
    assert item.truth is not None
    assert item.truth.known_at == datetime(2018, 6, 8, 0, 1, 11, tzinfo=UTC)


def test_logins_tell_an_account_from_a_name_that_was_typed(tmp_path):
    write(
        tmp_path / "logins.csv.gz",
        "datetime,source_ip,username,success,failure_reason,is_attack\n"
        "2018-01-01 00:00:01.5,192.0.2.1,admin,False,error_wrong_username,1\n"
        "2018-01-01 00:00:02.5,192.0.2.2,ada,True,,1\n"
        "2018-01-02 00:00:00,192.0.2.3,ada,False,error_wrong_password,0\n",
    )
    write(tmp_path / "attacks.csv.gz", "start,end,source_ip\n2018-01-01 00:00:00.0,2018-01-01 00:10:00.0,192.0.2.1\n")

    typed, taken, ordinary = LOADERS["login_attempts_sim"](tmp_path)

    assert typed.envelope["data"]["username_typed"] == "admin"
    assert typed.truth is None
    assert taken.envelope["data"]["account"] == "sim-ada"
    assert taken.truth == Truth(
        "account", "sim-ada", "account_takeover", "ato.confirmed", datetime(2018, 1, 1, 0, 10, 1, tzinfo=UTC)
    )
    assert ordinary.envelope["data"]["failure"] == "wrong_password"
    assert ordinary.truth is not None
    assert ordinary.truth.label_class == "legit"


def test_sms_names_what_was_invented_and_keeps_truth_out_of_data(tmp_path):
    write(tmp_path / "messages.csv.gz", "id,label,text,has_url,has_email,has_phone\nm1,smishing,Call now,0,0,1\n")

    (item,) = LOADERS["sms_smishing_mendeley"](tmp_path)

    assert item.envelope["data"] == {
        "message": "sms-m1",
        "sender": "sms-sm1",
        "text": "Call now",
        "synthetic": ["sender", "time"],
    }
    assert item.truth is not None
    assert item.truth.label_class == "phishing.credential"


def test_chats_come_in_order_of_time_over_all_dialogues(tmp_path):
    def dialogue(name: str, *times: str) -> str:
        turns = [
            {"role": "buyer", "action": "message", "text": f"{name} {time}", "data": None, "t": time} for time in times
        ]
        return json.dumps({"dialogue_id": name, "post_id": "5", "turns": turns})

    write(tmp_path / "dialogues.jsonl.gz", dialogue("A", "10.5", "30") + "\n" + dialogue("B", "20") + "\n")

    items = list(LOADERS["craigslist_bargain_chats"](tmp_path))

    assert [item.envelope["data"]["text"] for item in items] == ["A 10.5", "B 20", "A 30"]
    assert items[0].envelope["data"]["recipient"] == "chat-A-seller"


def test_dark_market_listing_keeps_the_market_s_category_to_itself(tmp_path):
    header = (
        "listing_id,crawl_date,vendor,title,price_btc_bin,cat,subcat,subsubcat,feedback,ships_from,ships_to,first_crawl"
    )
    rows = ("A,2014-01-01,v 1,Seeds,x,Drugs,Cannabis,Seeds,f,NL,EU,1", "A,2014-01-09,v 1,Seeds,x,Drugs,C,S,f,NL,EU,0")
    rows += ("A,2014-01-10,v 1,Other title,x,Drugs,C,S,f,NL,EU,0",)
    write(tmp_path / "crawls.csv.gz", "\n".join((header, *rows)) + "\n")

    items = list(LOADERS["agora_2014_listings"](tmp_path))

    assert [item.envelope["type"] for item in items] == ["listing.created", "listing.updated"]
    assert items[0].envelope["data"]["category"] == "other"
    assert "Drugs" not in json.dumps([item.envelope for item in items])


def test_jsonl_reads_events_with_and_without_truth(tmp_path):
    event = {"id": "e1", "type": "login.failed", "time": "2026-03-01T10:00:00Z", "data": {"account": "a"}}
    truth = {"entity": {"kind": "account", "id": "a"}, "abuse_type": "account_takeover", "class": "legit"}
    lines = (event, {"event": event, "truth": {**truth, "known_at": "2026-03-02T10:00:00Z"}})
    (tmp_path / "events.jsonl").write_text("\n".join(json.dumps(line) for line in lines))

    plain, known = LOADERS["jsonl"](tmp_path)

    assert (plain.envelope, plain.truth) == (event, None)
    assert known.truth == Truth("account", "a", "account_takeover", "legit", datetime(2026, 3, 2, 10, tzinfo=UTC))


@pytest.mark.parametrize("line", ["{", "[]", '{"id": NaN}', "\ud800".encode("utf-8", "surrogatepass")])
def test_jsonl_sends_on_what_is_no_event_so_that_it_is_refused_with_its_own_words(tmp_path, line):
    written = line if isinstance(line, bytes) else line.encode()
    (tmp_path / "events.jsonl").write_bytes(written + b"\n")

    (item,) = LOADERS["jsonl"](tmp_path)

    assert (item.envelope, item.truth, item.encoded()) == ({}, None, written)


@pytest.mark.parametrize("changed", [{"class": "nice"}, {"known_at": "2026-03-02T10:00:00"}, {"entity": {"kind": "a"}}])
def test_jsonl_names_the_line_whose_truth_cannot_be_read(tmp_path, changed):
    truth = {"entity": {"kind": "account", "id": "a"}, "abuse_type": "account_takeover", "class": "legit"}
    line = {"event": {}, "truth": {**truth, "known_at": "2026-03-02T10:00:00Z", **changed}}
    (tmp_path / "events.jsonl").write_text("\n" + json.dumps(line) + "\n")

    with pytest.raises(BadSource, match="Line 2 "):
        list(LOADERS["jsonl"](tmp_path))


def test_jsonl_needs_no_memory_for_a_file_without_line_breaks(tmp_path):
    (tmp_path / "events.jsonl").write_bytes(b"x" * 3_000_000 + b'\n{"id": "e2"}\n')

    long, short = LOADERS["jsonl"](tmp_path)

    assert len(long.encoded()) == 256 * 1024
    assert short.envelope == {"id": "e2"}


def test_first_purchase_comes_at_its_own_time_and_its_truth_stays_outside(tmp_path):
    header = "user_id,signup_time,purchase_time,purchase_value,device_id,source,browser,sex,age,class,ip\n"
    first = "1,2015-01-01 00:00:00,2015-01-03 00:00:00,14,D1,Ads,Chrome,F,38,1,192.0.2.1\n"
    second = "2,2015-01-02 00:00:00,2015-01-02 00:00:00,20,D1,SEO,IE,M,31,0,\n"
    write(tmp_path / "signups_purchases.csv.gz", header + second + first)

    items = list(LOADERS["fraud_ecommerce"](tmp_path))

    assert [(item.envelope["type"], item.envelope["time"][:10]) for item in items] == [
        ("account.created", "2015-01-01"),
        ("account.created", "2015-01-02"),
        ("payment.captured", "2015-01-02"),
        ("payment.captured", "2015-01-03"),
    ]
    assert items[3].envelope["data"] == {
        "payment": "fec-p1",
        "buyer": "fec-u1",
        "amount": {"minor": 1400, "currency": "USD"},
        "context": {"device": "fec-dD1", "ip": "192.0.2.1"},
        "synthetic": ["payment", "amount.currency"],
        "extra": {"browser": "Chrome"},
    }
    assert items[3].truth == Truth(
        "payment", "fec-p1", "payment_fraud", "payment.third_party", datetime(2015, 2, 17, tzinfo=UTC)
    )
    assert (items[0].truth, items[1].truth) == (None, None)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(BadSource, match=r"holds no transactions\.csv\.gz"):
        list(LOADERS["adyen_chargebacks"](tmp_path))
