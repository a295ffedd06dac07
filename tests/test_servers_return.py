"""Servers that are gone come back, also where the first try fails."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from tscore import embedded, supervisor


def test_servers_are_started_again_until_they_are_there(tmp_path, monkeypatch):
    tries, said = [], []

    def ensure(data):
        tries.append(data)
        if len(tries) == 1:
            raise embedded.ServicesFailed("PostgreSQL did not start.")
        return SimpleNamespace(lock=os.open(os.devnull, os.O_RDONLY))

    monkeypatch.setattr(embedded, "ensure", ensure)
    watched, plan = SimpleNamespace(say=said.append), SimpleNamespace(data=tmp_path)

    with ThreadPoolExecutor(1) as thread:  # the browser's tests leave a loop running in this one
        for _ in range(2):
            thread.submit(lambda: asyncio.run(supervisor._start_again(watched, plan))).result()

    assert (len(tries), said) == (2, ["PostgreSQL did not start.; trying again"])
