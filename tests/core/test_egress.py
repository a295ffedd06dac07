"""What is fetched comes from an allowed name at a public address, and nothing else is ever spoken to."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tscore.core import egress
from tscore.core.egress import Allowed, NotFetched

INNER = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.1.2.3",
    "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1",
    "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:0:4136:e378::", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "3fff::1",
    "2620:4f:8000::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "5f00::1",
    # not addresses at all, although a resolver may take them for one
    "127.1", "127.0.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0177.0.0.1", "127.0.0.1.",
    "①②⑦.⓪.⓪.①", "127。0。0。1", "[::1]", "localhost", "", " 127.0.0.1",
)  # fmt: skip
OPEN = ("1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001::1")
ADDRESSES = (
    "file:///etc/passwd", "ftp://img.shop.example/x", "gopher://img.shop.example/x", "data:image/png;base64,x",
    "//img.shop.example/x", "img.shop.example/x", "https:img.shop.example", "https:///x", "https://", "",
    "https://user@img.shop.example/x", "https://img.shop.example@127.0.0.1/x", "https://img.shop.example:8443/x",
    "http://img.shop.example:443/x", "http://img.shop.example:22/x", "https://img.shop.example:/@evil.example/x",
    "https://img.shop.example:99999/x", "https://img.shop.example:0/x", "https://img.shop.example\\@evil.example/x",
    "https://img.shop.example/x\r\nX: y", "https://img.shop.example /x", "https://img.shop.example\t.evil.example/x",
    "https://img.shop.example./x", "https://img.shop.example%00.evil.example/x", "https://①②⑦.0.0.1/x",
    "https://127.0.0.1/x", "https://127.1/x", "https://2130706433/x", "https://0x7f.1/x", "https://[::1]/x",
    "https://[::ffff:127.0.0.1]/x", "https://169.254.169.254/latest/meta-data/", "https://localhost/x",
    "https://evil.example/x", "https://img.shop.example.evil.example/x", "https://evilimg.shop.example/x",
    "https://shop.example/x", "https://cdn.example/x", "https://evilcdn.example/x", "https://.cdn.example/x",
    "http://127.0.0.1:9/x", "https://img.shop.example/" + "x" * 500, "https://[/x", "https://ımg.shop.example/x",
)  # fmt: skip
ALLOWED = Allowed(hosts=("img.shop.example", ".cdn.example"))


@pytest.fixture
def silent(monkeypatch):
    """Let nobody connect anywhere, and tell who tried."""
    tried = []

    def refuse(parts, address, port, *, limit):
        tried.append(address)
        raise NotFetched("no_answer")

    monkeypatch.setattr(egress, "_get", refuse)
    return tried


@pytest.fixture
def server():
    """A server on this machine: `/page` answers, `/away` leads elsewhere, `/much` sends more than is asked for."""

    class Answers(BaseHTTPRequestHandler):
        asked: list[str] = []

        def do_GET(self):
            self.asked.append(self.path)
            away = self.path == "/away"
            self.send_response(302 if away else 200)
            if away:
                self.send_header("Location", "/page")
            if self.path == "/packed":
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(b"x" * (2000 if self.path == "/much" else 10))

        def log_message(self, *args):
            pass

    running = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.mark.parametrize("address", INNER)
def test_address_that_leads_inside_is_not_public(address):
    assert egress.is_public(address) is False


@pytest.mark.parametrize("address", OPEN)
def test_address_of_the_open_internet_is_public(address):
    assert egress.is_public(address) is True


@pytest.mark.parametrize("url", ADDRESSES)
def test_address_that_is_not_plainly_allowed_is_never_spoken_to(url, silent):
    with pytest.raises(NotFetched):
        egress.fetch(url, allowed=ALLOWED, limit=10, resolve=lambda host, port: ["1.1.1.1"])

    assert silent == []


@pytest.mark.parametrize("found", [["127.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["1.1.1.1", "::1"], []])
def test_name_with_one_inner_address_is_never_spoken_to(found, silent):
    with pytest.raises(NotFetched, match="not_public"):
        egress.fetch("https://img.shop.example/x", allowed=ALLOWED, limit=10, resolve=lambda host, port: found)

    assert silent == []


def test_name_that_answers_otherwise_the_second_time_is_asked_once(silent):
    answers = iter((["1.1.1.1"], ["127.0.0.1"]))

    with pytest.raises(NotFetched, match="no_answer"):
        egress.fetch("https://a.cdn.example/x", allowed=ALLOWED, limit=10, resolve=lambda host, port: next(answers))

    assert silent == ["1.1.1.1"]


def test_name_nobody_knows_is_no_fault(silent):
    def unknown(host, port):
        raise socket.gaierror

    with pytest.raises(NotFetched, match="unknown_host"):
        egress.fetch("https://img.shop.example/x", allowed=ALLOWED, limit=10, resolve=unknown)


def test_nothing_is_fetched_unless_somebody_allowed_it(silent):
    with pytest.raises(NotFetched, match="host_not_allowed"):
        egress.fetch("https://img.shop.example/x", allowed=Allowed(), limit=10)

    assert silent == []


@pytest.mark.parametrize(
    ("path", "word"), [("/away", "no_answer"), ("/much", "too_large"), ("/packed", "bad_encoding")]
)
def test_redirects_floods_and_packed_answers_are_refused(path, word, server):
    origin = f"http://127.0.0.1:{server.server_port}"

    with pytest.raises(NotFetched, match=word):
        egress.fetch(f"{origin}{path}", allowed=Allowed(origins=(origin,)), limit=1000)

    assert server.RequestHandlerClass.asked == [path]


def test_an_origin_named_by_whoever_runs_the_console_may_be_on_this_machine(server):
    origin = f"http://127.0.0.1:{server.server_port}"

    assert egress.fetch(f"{origin}/page", allowed=Allowed(origins=(origin,)), limit=1000) == b"x" * 10
    with pytest.raises(NotFetched):
        egress.fetch(f"{origin}0/page", allowed=Allowed(origins=(origin,)), limit=1000)
