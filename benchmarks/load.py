"""A small load: fixed bytes over kept connections, so that the client costs next to nothing."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 4


@dataclass(frozen=True)
class Figures:
    """What one run gave: requests a second on the wall, and the server's CPU seconds a request."""

    throughput: float
    cpu: float


def fetch(port: int, path: str, cookie: str = "") -> tuple[bytes, bytes]:
    """One answer: its head and its body. Raises ConnectionError when it is no 200."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(_request(path, cookie))
        head, body = _answer(connection)
    if b" 200 " not in head[:16]:
        raise ConnectionError(head[:200])
    return head, body


def measure(port: int, pid: int, path: str, cookie: str, requests: int) -> Figures:
    """Ask for a page `requests` times over four kept connections."""
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    head, _ = fetch(port, path, cookie)
    asked = _request(path, cookie, _form_of(head))  # a browser gives the form's cookie back
    for connection in sockets:  # warm
        for _ in range(5):
            connection.sendall(asked)
            _answer(connection)
    before, started = cpu_of(pid), time.perf_counter()
    for connection in sockets:
        connection.sendall(asked)
    done = 0
    while done < requests:
        for connection in sockets:
            _answer(connection)
            done += 1
            connection.sendall(asked)
    for connection in sockets:
        _answer(connection)
        connection.close()
    took, spent = time.perf_counter() - started, cpu_of(pid) - before
    total = done + CONNECTIONS
    return Figures(throughput=total / took, cpu=spent / total)


def cpu_of(pid: int) -> float:
    """The CPU seconds that a process and its children have used."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    for process in [pid, *_children(pid)]:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / ticks
    return total


def _children(pid: int) -> list[int]:
    """The processes that a process has started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def _form_of(head: bytes) -> str:
    """The cookie that an answer gave for its forms, as a browser gives it back; empty for none."""
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(": ")
        if name.lower() == "set-cookie" and value.startswith("form="):
            return value.partition(";")[0]
    return ""


def _request(path: str, cookie: str, form: str = "") -> bytes:
    """The bytes of a request."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    cookies = [*([f"bauta={cookie}"] if cookie else []), *([form] if form else [])]
    lines += ["Cookie: " + "; ".join(cookies)] if cookies else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _answer(connection: socket.socket) -> tuple[bytes, bytes]:
    """Read one answer to its end."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    lower = head.lower()
    at = lower.index(b"content-length:")
    length = int(lower[at + 15 :].split(b"\r\n", 1)[0])
    while len(body) < length:
        body += connection.recv(65536)
    return head, body
