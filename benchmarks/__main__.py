"""`make bench`: the figures of the house, each beside what it is compared with."""

from __future__ import annotations

import gzip
import multiprocessing
import re
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask
from sqlalchemy import event

from app import create_app
from app.cli.server import Server
from app.screening.engine import screen
from benchmarks import hello, pictures
from benchmarks.forum import POSTS, Place, build
from benchmarks.load import Figures, fetch, measure
from benchmarks.screening_families import FAMILIES
from config import Config

ROUNDS = 15  # short ones: the speed of a shared machine changes within seconds
REQUESTS = 100
LAST = POSTS - 25


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = build(Path(folder))
        throughput(place)
        statements(place)
    screening()
    pictures.main()


def throughput(place: Place) -> None:
    """The thread page against hello world, in turns, under one and the same gunicorn."""
    first = f"/threads/{place.thread}"
    last = f"/threads/{place.thread}?after={LAST}"
    taken: dict[str, list[Figures]] = {"hello": [], "first": [], "last": []}
    with (
        serving(place.config, lambda c: hello.make()) as (plain, plain_pid),
        serving(place.config, create_app) as (port, pid),
    ):
        fetch(port, last, place.cookie)  # moves the read marker once
        for _ in range(ROUNDS):
            taken["hello"].append(measure(plain, plain_pid, "/", "", REQUESTS * 10))
            taken["first"].append(measure(port, pid, first, place.cookie, REQUESTS))
            taken["last"].append(measure(port, pid, last, place.cookie, REQUESTS))
        sizes(port, place, first)
    middle = {
        name: (
            statistics.median(run.throughput for run in runs),
            statistics.median(run.cpu for run in runs),
        )
        for name, runs in taken.items()
    }
    for name, (rate, cpu) in middle.items():
        print(f"{name:6} {rate:8.0f} requests/s   {cpu * 1000:7.3f} ms of CPU each")
    # Each round is compared with itself, and the middle of the comparisons is told.
    rounds = list(zip(taken["hello"], taken["first"], taken["last"], strict=True))
    rate = statistics.median(first.throughput / hello.throughput for hello, first, _ in rounds)
    by_cpu = statistics.median(hello.cpu / first.cpu for hello, first, _ in rounds)
    tail = statistics.median(last.cpu / first.cpu for _, first, last in rounds)
    print(f"thread page / hello world: {rate:.1%} by the wall, {by_cpu:.1%} by CPU (at least 8 %)")
    print(f"last page / first page: {tail:.2f} x the CPU (at most 1.15)")


def sizes(port: int, place: Place, path: str) -> None:
    """What a thread page weighs with all it loads."""
    head, body = fetch(port, path, place.cookie)
    more = re.findall(r'(?:href|src)="(/static/[^"]+)"', body.decode())
    squeezed = len(gzip.compress(body, 6))
    for name in more:
        static_head, static = fetch(port, name)
        is_squeezed = b"content-encoding: gzip" in static_head.lower()
        squeezed += len(static) if is_squeezed else len(gzip.compress(static, 6))
    print(
        f"thread page: {len(body) / 1000:.1f} kB, compressed with all it loads "
        f"{squeezed / 1000:.1f} kB (under 30), {len(more)} further requests (at most 2)"
    )
    assert b"200 OK" in head


def statements(place: Place) -> None:
    """How many statements a thread page makes, for two lengths."""
    app = create_app(place.config)
    counted: list[str] = []

    def count(_c: object, _cur: object, statement: str, *_: object) -> None:
        counted.append(statement)

    event.listen(app.extensions["database"].read_engine, "before_cursor_execute", count)
    client = app.test_client()
    client.set_cookie("bauta", place.cookie)
    for path in (f"/threads/{place.thread}", f"/threads/{place.thread}?after={LAST}"):
        client.get(path)
        counted.clear()
        client.get(path)
        said = [text for text in counted if not text.startswith(("BEGIN", "PRAGMA"))]
        print(f"{path[-12:]}: {len(said)} SQL statements (at most 6)")


def screening() -> None:
    """A post of 400 characters, and the worst 100 kB that we can construct."""
    text = ("Thanks for this, I will try the soup and tell you on Friday how it went. " * 6)[:400]
    for _ in range(50):
        screen(text)
    times = []
    for _ in range(400):
        started = time.perf_counter()
        screen(text)
        times.append(time.perf_counter() - started)
    print(f"screening 400 characters: median {statistics.median(times) * 1000:.2f} ms (under 1.5)")
    worst_name, worst, wall = "", 0.0, 0.0
    for name, hostile in families().items():
        started, before = time.perf_counter(), time.process_time()
        screen(hostile)
        took = time.process_time() - before
        if took > worst:
            worst_name, worst, wall = name, took, time.perf_counter() - started
    print(
        f"screening the worst 100 kB ({worst_name}): {wall * 1000:.0f} ms,"
        f" {worst * 1000:.0f} of them the processor's (under 250)"
    )


def families() -> dict[str, str]:
    """Texts of 100 kB that are hard to read."""
    return {name: make(100_000) for name, make in FAMILIES.items()}


@contextmanager
def serving(config: Config, make: Callable[[Config], Flask]) -> Iterator[tuple[int, int]]:
    """Run an application under our gunicorn on a free port; yields the port and the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    bound = replace(config, bind=f"127.0.0.1:{port}")
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(bound, make))
    process.start()
    for _ in range(100):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    time.sleep(1)
    try:
        yield port, process.pid or 0
    finally:
        process.terminate()
        process.join(10)


def _serve(config: Config, make: Callable[[Config], Flask]) -> None:
    """The server process."""
    Server(config, lambda: make(config)).run()


if __name__ == "__main__":
    main()
