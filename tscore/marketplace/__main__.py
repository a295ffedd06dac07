"""`python -m tscore.marketplace` runs the demo marketplace until it is told to stop."""

import logging
import signal
import sys
import threading

from tscore.marketplace.ledger import AlreadyRunning, LedgerDamaged
from tscore.marketplace.server import serve
from tscore.marketplace.settings import NotConfigured, Settings


def main() -> int:
    """Run until SIGTERM or Ctrl-C; 0 is a clean stop, 1 a start that failed with one sentence."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(name)s: %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        chosen = Settings.read()
        running = serve(chosen.data, chosen.port, secret=chosen.secret, console_url=chosen.console_url, key=chosen.key)
    except (NotConfigured, AlreadyRunning, LedgerDamaged, OSError, ValueError) as problem:
        logging.getLogger("marketplace").error("%s", problem)
        return 1
    sys.stdout.write(f"{running.url}\n")
    sys.stdout.flush()
    stop.wait()
    running.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
