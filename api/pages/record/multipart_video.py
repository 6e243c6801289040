"""A form with a video in it, parsed as it arrives: the video is passed on piece by piece and never held as a whole.

The parser of the framework writes the whole file to a temporary place first, before the sender has been checked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from api.core.problems import FieldError, Problem, ServiceCode

VIDEO: Final = "video"
"""Name of the field that holds the file."""
MOST_FIELD_BYTES: Final = 16_384
"""Limit for all fields beside the video together, their headers included."""


class VideoForm:
    """One form. The fields before the video are known when its first byte is handed out.

    Parameters
    ----------
    content_type
        Header of the request, with the boundary.
    allow
        Called with the fields so far before the first byte of the video; raises to refuse it.

    Raises
    ------
    Problem
        `wrong_media_type` for any other content type.
    """

    def __init__(self, content_type: str, allow: Callable[[dict[str, str]], None]) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise Problem(ServiceCode.WRONG_MEDIA_TYPE)
        self.fields: dict[str, str] = {}
        self.ended = False
        self._allow = allow
        self._allowed = False
        self._boundary = boundary
        self._head: dict[str, str] = {}
        self._header, self._value, self._text = bytearray(), bytearray(), bytearray()
        self._name = ""
        self._is_video = False
        self._small = 0
        self._pieces: list[bytes] = []

    async def video(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Yield the bytes of the video; then `fields` are complete, and `ended` says whether the form came to its end.

        Raises
        ------
        Problem
            `invalid_request` for a body that no browser sends; also what `allow` and `body` raise.
        """
        parser = MultipartParser(
            self._boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._part_data,
                "on_part_end": self._part_end,
                "on_end": self._end,
            },
        )
        try:
            async for chunk in body:
                parser.write(chunk)
                for piece in self._pieces:
                    yield piece
                self._pieces.clear()
        except FormParserError:
            raise _malformed("is not a form") from None
        if not self._allowed:  # a form without a video is answered too, and only to those who are allowed
            self._permit()

    def _permit(self) -> None:
        self._allow(self.fields)
        self._allowed = True

    def _begin(self) -> None:
        self._head.clear()
        self._text.clear()
        self._is_video = False

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += self._count(data[start:end])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += self._count(data[start:end])

    def _header_end(self) -> None:
        self._head[self._header.decode("latin-1").lower()] = self._value.decode("latin-1")
        self._header.clear()
        self._value.clear()

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._head.get("content-disposition", ""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        # A file field that was left empty arrives as a file without a name.
        self._is_video = bool(options.get(b"filename")) and self._name == VIDEO
        if self._is_video:
            if self._allowed:
                raise _malformed("holds a second video")
            self._permit()

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_video:
            self._pieces.append(data[start:end])
        else:
            self._text += self._count(data[start:end])

    def _part_end(self) -> None:
        if not self._is_video and "filename=" not in self._head.get("content-disposition", ""):
            self.fields[self._name] = self._text.decode("utf-8", "replace")

    def _end(self) -> None:
        self.ended = True

    def _count(self, data: bytes) -> bytes:
        self._small += len(data)
        if self._small > MOST_FIELD_BYTES:
            raise _malformed("holds more than a form of ours")
        return data


def _malformed(message: str) -> Problem:
    return Problem(
        ServiceCode.INVALID_REQUEST,
        status=400,
        errors=[FieldError(where="body", message=message)],
        headers={"Connection": "close"},
    )
