"""A clinic's own file behind a page: read, checked field by field, written, dropped."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from api.care.clinic_content import content_errors, custom_text
from api.core.problems import not_found
from api.db import ContentKind
from hinge_check.assess.protocol_text import key_lines

MOST: Final = 65536
_LINE: Final = re.compile(r"line (\d+): (.*)")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is amiss with a form: by field, and what belongs to none. The service's own words are English."""

    fields: dict[str, str]
    general: list[str]

    def __bool__(self) -> bool:
        return bool(self.fields or self.general)


def kind_named(name: str, among: Collection[ContentKind] = tuple(ContentKind)) -> ContentKind:
    """The kind with this name in an address: a protocol's without what stands before it; 404 for any other."""
    found = [kind for kind in among if (kind.protocol or kind.value) == name]
    if not found:
        raise not_found()
    return found[0]


def mark(db: Session, clinic_id: str, kind: ContentKind) -> str:
    """Changes when somebody writes or drops the file: whoever has an older one has not seen the newest."""
    return hashlib.sha256((custom_text(db, clinic_id, kind) or "").encode()).hexdigest()[:16]


def form_errors(kind: ContentKind, text: str, fields: Collection[str]) -> Wrong:
    """What the service says against a text that was made from fields; each problem at the field it is about."""
    wrong = Wrong({}, [])
    found = content_errors(kind, text)
    lines = {line: ".".join(path) for path, line in key_lines(text).items()} if found else {}
    for each in found:
        placed = _LINE.fullmatch(each)
        name = lines.get(int(placed[1]), "") if placed else ""
        said = placed[2] if placed else each
        if name in fields:
            wrong.fields.setdefault(name, said)
        else:
            wrong.general.append(said)
    return wrong
