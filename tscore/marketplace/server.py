"""The routes of the marketplace, and the handle that starts and stops it."""

import contextlib
import logging
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from tscore.marketplace import pictures, settings
from tscore.marketplace.faults import BadFault, Faults
from tscore.marketplace.http import Handler, Server
from tscore.marketplace.kinds import ANY
from tscore.marketplace.ledger import encode
from tscore.marketplace.market import Market
from tscore.marketplace.outbox import Outbox
from tscore.marketplace.replies import AFTERWARDS, INSTEAD
from tscore.marketplace.requests import BadRequest, read_action, read_json

LOCAL_NAMES = ("127.0.0.1", "localhost")
POLL_SECONDS = 0.05

logger = logging.getLogger("marketplace")


class MarketServer(Server):
    """The server with the things its routes need."""

    def __init__(self, port: int, *, market: Market, webhook: Webhook) -> None:
        super().__init__(("127.0.0.1", port), Routes)
        self.market, self.webhook, self.faults = market, webhook, Faults()


class Routes(Handler):
    """One method per route; GET never writes."""

    server: MarketServer

    def do_GET(self) -> None:  # noqa: N802 - the name is the library's
        """Answer a question."""
        try:
            self._answer_question(self.address())
        except BadRequest as problem:
            self.problem(problem.status, problem.code, problem.detail)

    def do_POST(self) -> None:  # noqa: N802 - the name is the library's
        """Take an action, a fault plan or something to know."""
        try:
            body = self.read_body()
        except BadRequest as problem:
            self.refuse_unread(problem)
            return
        try:
            self._take(body)
        except BadRequest as problem:
            self.problem(problem.status, problem.code, problem.detail)
        except OSError as problem:
            self._refuse_for_disk(problem)

    def _answer_question(self, address: SplitResult) -> None:
        if address.path == "/healthz":
            self.answer(200, {"status": "ok"})
            return
        self._require_local()
        if address.path == "/ledger":
            self._show_ledger(parse_qs(address.query).get("action", [None])[0])
        elif address.path.startswith("/images/"):
            self.answer_bytes(200, pictures.draw(address.path), content_type="image/png")
        elif address.path.startswith("/actions/"):
            self._show_action(unquote(address.path.removeprefix("/actions/")))
        else:
            raise BadRequest(404, "not_found", "There is nothing here.")

    def _take(self, body: bytes) -> None:
        routes = {"/actions": self._take_action, "/faults": self._set_faults, "/known": self._learn}
        self._require_local()
        route = routes.get(self.address().path)
        if route is None:
            raise BadRequest(404, "not_found", "There is nothing here.")
        route(body)

    def _take_action(self, body: bytes) -> None:
        """Check, perhaps misbehave, apply, perhaps misbehave, answer."""
        request = read_action(headers=dict(self.headers.items()), body=body, webhook=self.server.webhook)
        mode, seconds = self.server.faults.choose(request.action)
        if mode in INSTEAD:
            INSTEAD[mode](self, seconds)
            return
        answer = self.server.market.apply(request, now=datetime.now(UTC))
        logger.info("%s %s (%s)", answer["result"], request.kind, request.action)
        # 202 promises an event; after a refusal or a warning none follows and nobody would ever hear of it again.
        if mode == "late" and not self._event_follows(request.action):
            mode = "ok"
        AFTERWARDS[mode](self, seconds, answer)

    def _event_follows(self, action: str) -> bool:
        return any(line["event"] for line in self.server.market.effects(action))

    def _show_action(self, action: str) -> None:
        answer = self.server.market.find_answer(action)
        if answer is None:
            raise BadRequest(404, "not_found", "This action never came through.")
        self.answer(200, answer)

    def _show_ledger(self, action: str | None) -> None:
        body = b"".join(encode(line) for line in self.server.market.effects(action))
        self.answer_bytes(200, body, content_type="application/x-ndjson")

    def _set_faults(self, body: bytes) -> None:
        try:
            self.answer(200, self.server.faults.set(read_json(body)))
        except BadFault as problem:
            raise BadRequest(422, "invalid", str(problem)) from problem

    def _learn(self, body: bytes) -> None:
        things = read_json(body)
        if not isinstance(things, list) or not all(_is_thing(thing) for thing in things):
            raise BadRequest(422, "invalid", "Send an array of {kind, id, members}.")
        for thing in things:
            self.server.market.learn(target=(thing["kind"], thing["id"]), members=thing["members"])
        self.answer(200, {"known": len(things)})

    def _refuse_for_disk(self, problem: OSError) -> None:
        if isinstance(problem, ConnectionError | TimeoutError):
            raise problem
        logger.error("the ledger cannot be written: %s", problem.strerror)
        self.problem(503, "not_durable", "The ledger cannot be written.", headers={"Retry-After": "1"})

    def _require_local(self) -> None:
        """Refuse what a web page sent, from another origin or under a name of its own for this machine."""
        try:
            host = urlsplit(f"//{self.headers.get('Host', '127.0.0.1')}").hostname
        except ValueError:
            host = None
        if "Origin" in self.headers or host not in LOCAL_NAMES:
            raise BadRequest(403, "foreign", "This marketplace does not talk to web pages.")


@dataclass(frozen=True, slots=True)
class Running:
    """A marketplace that is running: where it is, and how to stop it."""

    url: str
    _parts: contextlib.ExitStack

    def stop(self) -> None:
        """Stop answering, then sending, then let go of the files."""
        self._parts.close()


def serve(data: Path, port: int = 0, *, secret: str, console_url: str | None, key: str | None) -> Running:
    """Start the marketplace in threads of this process and return its handle.

    Args:
        data: the DATA folder; the files are in its folder `marketplace`.
        port: 0 takes a free one.
        console_url: None sends no events.
        key: the API key of the events; None reads `ingest_key` of DATA/demo.json when it is needed.

    Raises:
        NotConfigured, AlreadyRunning, LedgerDamaged, OSError: nothing was started.
    """
    webhook = _webhook(secret)
    with contextlib.ExitStack() as parts:
        market = parts.enter_context(contextlib.closing(Market(data / "marketplace")))
        server = MarketServer(port, market=market, webhook=webhook)
        if console_url:
            find_key = settings.key_finder(data, key)
            outbox = Outbox(data / "marketplace" / "sent.jsonl", console_url=console_url, find_key=find_key)
            market.tell(outbox.add)
            outbox.start()
            parts.callback(outbox.stop)
        threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), name="marketplace").start()
        parts.callback(server.stop)
        return Running(f"http://127.0.0.1:{server.server_port}", parts.pop_all())


def _webhook(secret: str) -> Webhook:
    try:
        return Webhook(secret)
    except (ValueError, EmptyWebhookSecretError):
        raise settings.NotConfigured("MARKETPLACE_SECRET must be whsec_ followed by base64.") from None


def _is_thing(thing: Any) -> bool:
    return (
        isinstance(thing, dict)
        and isinstance(thing.get("kind"), str)
        and thing["kind"] in ANY
        and isinstance(thing.get("id"), str)
        and isinstance(thing.get("members"), dict)
    )
