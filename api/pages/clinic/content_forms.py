"""A clinic's own content file behind a form: its kind, its version, and its errors by field."""

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
class FormErrors:
    """Errors of a form: by field, and those of no field. Messages of the service are in English."""

    fields: dict[str, str]
    general: list[str]

    def __bool__(self) -> bool:
        return bool(self.fields or self.general)


def find_kind(name: str, among: Collection[ContentKind] = tuple(ContentKind)) -> ContentKind:
    """Return the kind with this name in a URL, for a protocol the name without its prefix; 404 for any other."""
    kinds = [kind for kind in among if (kind.protocol or kind.value) == name]
    if not kinds:
        raise not_found()
    return kinds[0]


def content_digest(db: Session, clinic_id: str, kind: ContentKind) -> str:
    """Return a digest of the file, by which a form that was opened before the last change is recognised."""
    return hashlib.sha256((custom_text(db, clinic_id, kind) or "").encode()).hexdigest()[:16]


def form_errors(kind: ContentKind, text: str, fields: Collection[str]) -> FormErrors:
    """Check a text that was made from form fields; each error is assigned to the field it is about."""
    errors = FormErrors({}, [])
    messages = content_errors(kind, text)
    lines = {line: ".".join(path) for path, line in key_lines(text).items()} if messages else {}
    for each in messages:
        match = _LINE.fullmatch(each)
        name = lines.get(int(match[1]), "") if match else ""
        message = match[2] if match else each
        if name in fields:
            errors.fields.setdefault(name, message)
        else:
            errors.general.append(message)
    return errors
