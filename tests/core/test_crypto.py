import pytest

from tscore.core import crypto


def test_token_is_the_same_for_the_same_value_and_kind():
    token = crypto.token("email", "ada@shop.example")

    assert token == crypto.token("email", "ada@shop.example")
    assert token != crypto.token("phone", "ada@shop.example")
    assert token != crypto.token("email", "ben@shop.example")
    assert (token[:4], len(token)) == ("tok_", 30)


def test_seal_opens_only_in_its_context():
    sealed = crypto.seal("ada@shop.example", "email:tok_1")

    assert crypto.open_sealed(sealed, "email:tok_1") == "ada@shop.example"
    with pytest.raises(crypto.Unreadable):
        crypto.open_sealed(sealed, "email:tok_2")


def test_seal_differs_each_time():
    assert crypto.seal("same", "a") != crypto.seal("same", "a")


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1] + bytes([data[-1] ^ 1]), lambda data: data[:5], lambda data: b""]
)
def test_damaged_seal_is_unreadable(damage):
    with pytest.raises(crypto.Unreadable):
        crypto.open_sealed(damage(crypto.seal("text", "a")), "a")


def test_erasable_text_is_gone_with_its_key(now):
    key, ciphertext = crypto.seal_erasable("call me on 0151", ["tok_b", "tok_a", "tok_b"], now)

    assert key.pk is None
    assert key.tokens == ["tok_a", "tok_b"]
    assert crypto.open_erasable(key, ciphertext) == "call me on 0151"
    assert crypto.open_erasable(None, ciphertext) is None


def test_erasable_key_survives_the_database(db, now):
    key, ciphertext = crypto.seal_erasable("a note", [], now)
    key.save()

    stored = type(key).objects.get(pk=key.pk)

    assert crypto.open_erasable(stored, ciphertext) == "a note"


def test_mac_depends_on_every_byte():
    assert crypto.mac(b"a") == crypto.mac(b"a")
    assert crypto.mac(b"a") != crypto.mac(b"b")
    assert len(crypto.mac(b"")) == 32
