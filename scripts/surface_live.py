"""Records the messages of the live socket by playing a stored set through it; part of `scripts/surface.py`.

`tests/golden/live_set.xz` has the frames as a page packs them (docs/live-protocol.md), each after its length (u32):
a synthetic set of two repetitions with a rounded back, twelve frames a second. Because the bytes are stored, a server
that answers them as before still reads the frame format that pages send.
"""

from __future__ import annotations

import base64
import hashlib
import json
import lzma
import struct
import sys
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from api.app import create_app
from api.settings import load_settings

HERE = "http://127.0.0.1:8000"
FRAMES = Path(__file__).resolve().parents[1] / "tests" / "golden" / "live_set.xz"
SIZE = (800, 600)
BURST, PAUSE_S = 75, 1 / 38
"""Messages sent without a pause, and the pause after that: just below the socket's rate limit."""
MAX_ERRORS = 5
"""The server closes the connection at this many."""
VOLATILE = frozenset({"ticket", "session"})
"""Keys whose values differ from run to run."""

Message = dict[str, Any]


def collect() -> dict[str, Any]:
    """Record the messages of a set, of a resumed session and of protocol errors; their digests as machine half."""
    frames = list(read_frames())
    with tempfile.TemporaryDirectory(prefix="surface-", ignore_cleanup_errors=True) as folder:
        settings = load_settings({}, data=Path(folder), secret="0123456789" * 4, open_live=True, log_level="error")
        with TestClient(create_app(settings), base_url=HERE) as client:
            answers = play_set(client, frames)
            ticket = [message["ticket"] for message in answers if "rep" in message][-1]
            resumed = resume_session(client, ticket, frames[0])
            errors = provoke_errors(client, frames[0])
    paths = {path for message in answers for path in list_paths(message)}
    portable = {
        "keys": sorted(paths),
        "ticket": sorted(set(list_paths({"ticket": decode_ticket(ticket)}))),
        "messages": [line for line in map(strip_measurements, answers) if line != "{}"],
        "resumed": [strip_measurements(message) for message in resumed],
        "errors": errors,
    }
    machine = {f"message {number:03d}": digest(message) for number, message in enumerate([*answers, *resumed])}
    return {"portable": portable, "machine": machine}


def read_frames() -> Iterator[bytes]:
    """Yield the stored frames."""
    data, at = lzma.decompress(FRAMES.read_bytes()), 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        yield data[at + 4 : at + 4 + length]
        at += 4 + length


@contextmanager
def connect(client: TestClient) -> Iterator[WebSocketTestSession]:
    """Connect as a page of the service does."""
    with client.websocket_connect("/api/v1/live", headers={"origin": HERE}) as socket:
        yield socket


def begin(socket: WebSocketTestSession, **options: Any) -> Message:
    """Begin a session; returns the answer."""
    return send(socket, {"do": "begin", "version": 1, "width": SIZE[0], "height": SIZE[1], **options})


def send(socket: WebSocketTestSession, message: Message) -> Message:
    """Send a message; returns the answer."""
    socket.send_json(message)
    answer: Message = socket.receive_json()
    return answer


def play_set(client: TestClient, frames: Iterable[bytes]) -> list[Message]:
    """Play the set, press every button and finish; returns all answers."""
    with connect(client) as socket:
        out = [begin(socket, protocol="rdl")]
        for number, frame in enumerate(frames):
            if number > BURST:
                time.sleep(PAUSE_S)
            socket.send_bytes(frame)
            out.append(socket.receive_json())
        for what in ("rest", "next_set", "finish"):
            time.sleep(PAUSE_S)
            out.append(send(socket, {"do": what}))
        out.append(socket.receive_json())
        out.append(send(socket, {"do": "restart"}))
    return out


def resume_session(client: TestClient, ticket: str, frame: bytes) -> list[Message]:
    """Resume a session by its ticket; returns the answers."""
    with connect(client) as socket:
        out = [begin(socket, protocol="rdl", ticket=ticket)]
        socket.send_bytes(frame[:4] + struct.pack("<Id", 7, 900.0) + frame[16:])
        return [*out, socket.receive_json()]


def provoke_errors(client: TestClient, frame: bytes) -> dict[str, str]:
    """Send invalid messages; returns the error codes, and the close code where the connection ends."""
    before: dict[str, list[Any]] = {
        "before begin": [frame],
        "no JSON": ["", "[]", '{"do":"dance"}', "{", '{"do":"rest","x":1}'],
        "too large a text": ["x" * 600_000],
        "another version": [{"do": "begin", "version": 2, "width": 640, "height": 360}],
        "no exercise": [{"do": "begin", "version": 1, "width": 640, "height": 360, "protocol": "../secret"}],
        "no ticket": [{"do": "begin", "version": 1, "width": 640, "height": 360, "ticket": "x.y.z"}],
        "a plan of nobody": [{"do": "begin", "version": 1, "width": 640, "height": 360, "plan": "f" * 32}],
    }
    after: dict[str, list[Any]] = {
        "begun already": [{"do": "begin", "version": 1, "width": 640, "height": 360}],
        "too large a frame": [b"\x01" * (33 * 1024)],
        "cut short": [frame[:-1], frame[:100], frame[:10], b""],
        "too long": [frame + b"\0"],
        "frame of another version": [b"\x02" + frame[1:]],
        "unknown flags": [frame[:1] + b"\xff" + frame[2:]],
        "no time": [frame[:8] + struct.pack("<d", float("nan")) + frame[16:]],
    }
    codes = {}
    for begin_first, table in ((False, before), (True, after)):
        for name, sent in table.items():
            with connect(client) as socket:
                if begin_first:
                    begin(socket)
                codes[name] = " ".join(_error_codes(socket, sent))
    return codes


def list_paths(value: Any, at: str = "") -> Iterator[str]:
    """Yield every path in a message with the type of its value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from list_paths(inner, f"{at}.{name}" if at else name)
    elif isinstance(value, list):
        yield f"{at}: list"
        for inner in value:
            yield from list_paths(inner, f"{at}[]")
    else:
        yield f"{at}: {'number' if isinstance(value, int | float) and not isinstance(value, bool) else _kind(value)}"


def strip_measurements(message: Message) -> str:
    """Format codes, counts and texts of a message, without measured values and what differs from run to run."""
    kept = _strip({name: value for name, value in message.items() if name != "seq"})
    return json.dumps(kept, sort_keys=True, ensure_ascii=False).replace('"', "'")


def decode_ticket(ticket: str) -> Any:
    """Decode the content of a ticket without checking its signature."""
    data, packed = (ticket[1:], True) if ticket.startswith(".") else (ticket, False)
    text = data.split(".")[0]
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return json.loads(zlib.decompress(raw) if packed else raw)


def digest(message: Message) -> str:
    """SHA-256 of a message, with its keys in the order they were sent."""
    return hashlib.sha256(json.dumps(_mask(message)).encode()).hexdigest()


def _error_codes(socket: WebSocketTestSession, sent: Iterable[Any]) -> Iterator[str]:
    """Yield the code of each problem (its detail is for developers) and the close code, if the server closes."""
    try:
        for number, message in enumerate(sent, 1):
            if isinstance(message, bytes):
                socket.send_bytes(message)
            else:
                socket.send_text(message if isinstance(message, str) else json.dumps(message))
            code = socket.receive_json()["problem"]["code"]
            yield code
            if code == "too_large" or number == MAX_ERRORS:
                socket.receive_json()
    except WebSocketDisconnect as closed:
        yield f"closed {closed.code}"


def _strip(value: Any) -> Any:
    if isinstance(value, dict):
        inner = {k: "…" if k in VOLATILE else _strip(v) for k, v in value.items()}
        return {k: v for k, v in inner.items() if v is not None and v != {} and v != []}
    if isinstance(value, list):
        return [each for each in map(_strip, value) if each is not None and each != []]
    return None if isinstance(value, float) else value


def _mask(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: "…" if k in VOLATILE else _mask(v) for k, v in value.items()}
    return [_mask(each) for each in value] if isinstance(value, list) else value


def _kind(value: Any) -> str:
    return "null" if value is None else type(value).__name__


if __name__ == "__main__":
    json.dump(collect(), sys.stdout)
