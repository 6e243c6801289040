"""A page that takes no answers: the connection is closed, and nothing waits for it without end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.websockets import WebSocket

from api.live import connection as talk
from api.live.live_session import Exercise, LiveSessionServer
from hinge_check.assess.protocol import DEFAULT, load_protocol


def live_server() -> LiveSessionServer:
    exercise = Exercise(DEFAULT, None, load_protocol(DEFAULT))
    return LiveSessionServer(
        "a key for tests only, 0123456789 abcdef", "", lambda _: exercise, new_id=lambda: "1", now_s=lambda: 0.0
    )


async def serve_until_closed(messages: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """Serve a page that sends these messages and reads nothing after it is accepted.

    Return what it was sent, and how often this task is asked to stop afterwards.
    """
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "websocket.send":  # the page never reads it
            await asyncio.Event().wait()

    socket = WebSocket({"type": "websocket", "headers": []}, receive, send)
    await socket.accept()
    conversation = talk.LiveConnection(socket, live_server(), is_known=lambda: True, save=lambda _: {})
    await asyncio.wait_for(conversation.run(), 5)
    task = asyncio.current_task()
    assert task is not None
    return sent, task.cancelling()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "SEND_WITHIN_S", 0.05)
    monkeypatch.setattr(talk, "CHECK_EVERY_S", 0.02)


def test_a_page_that_takes_no_answer_is_disconnected() -> None:
    words = '{"do":"begin","version":1,"width":640,"height":360}'
    messages = [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": words}]
    sent, asked_to_stop = asyncio.run(serve_until_closed(messages))
    assert [one["type"] for one in sent] == ["websocket.accept", "websocket.send"]
    assert asked_to_stop == 0
