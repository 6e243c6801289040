"""Ladder, agreements and questions as fields; any of the clinic's files as TOML; and back to the bundled ones."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from api.care.clinic_content import bundled_text, content_errors, custom_text
from api.care.content_files import drop_content, own_content, write_content
from api.care.content_schemas import ContentForm
from api.db import ContentKind
from api.db.clinic import clinic_timezone
from api.http.deps import Clock, Db, Principal
from api.pages.clinic import documents
from api.pages.clinic.content_forms import MOST, Wrong, form_errors, kind_named, mark
from api.pages.clinic.routes_figures import PROTOCOLS, address_of
from api.pages.clinic.sections import SECTIONS
from api.pages.form_fields import TrailHere, form_text
from api.pages.page_deps import ClinicianHere, Form
from api.pages.render import render, translator_for
from hinge_check.assess.protocol_text import parse, render as toml

router = APIRouter()

Said = Annotated[str, Query(max_length=40)]
TEXTS = (ContentKind.LADDER, ContentKind.CONSENT, ContentKind.RED_FLAGS)


@router.get("/clinic/texts/{content}")
def texts_page(content: str, request: Request, me: ClinicianHere, db: Db, said: Said = "") -> Response:
    """Show every text, the bundled one beside the clinic's."""
    kind = kind_named(content, TEXTS)
    return _shown(request, me, db, kind, _document(db, me, kind), said=said)


@router.post("/clinic/texts/{content}")
def write_texts(
    content: str, request: Request, me: ClinicianHere, form: Form, db: Db, clock: Clock, audit: TrailHere
) -> Response:
    """Write the clinic's own texts."""
    kind = kind_named(content, TEXTS)
    before, shipped = _document(db, me, kind), parse(bundled_text(kind))
    document = documents.typed(form, before)
    t = translator_for(request)
    wrong = Wrong({name: t("clinic-wrong-blank") for name in documents.blank(document)}, [])
    wrong.fields.update({name: t("clinic-wrong-long", most=documents.MOST) for name in documents.too_long(document)})
    elsewhere = form_text(form, "seen", 16) != mark(db, me.clinic_id, kind)
    if wrong or elsewhere:
        return _shown(request, me, db, kind, document, wrong=wrong, elsewhere=elsewhere)
    if _same(document, shipped):
        drop_content(db, me, audit, kind)
        return RedirectResponse(f"/clinic/texts/{content}?said=shipped", 303)
    if document != before:
        today = clock().astimezone(clinic_timezone(db, me.clinic_id)).date()
        written = toml(documents.dated(document, before, today))
        wrong = form_errors(kind, written, _names(document, shipped))
        if wrong:
            return _shown(request, me, db, kind, document, wrong=wrong)
        write_content(db, me, audit, kind, ContentForm(text=written), now=clock())
    return RedirectResponse(f"/clinic/texts/{content}?said=saved", 303)


@router.get("/clinic/toml/{content}")
def toml_page(content: str, request: Request, me: ClinicianHere, db: Db) -> Response:
    """Show the file itself, for those who prefer it."""
    kind = kind_named(content)
    return _raw(request, me, db, kind, custom_text(db, me.clinic_id, kind) or _beginning(kind))


@router.post("/clinic/toml/{content}")
def write_toml(
    content: str, request: Request, me: ClinicianHere, form: Form, db: Db, clock: Clock, audit: TrailHere
) -> Response:
    """Write the file itself."""
    kind = kind_named(content)
    written = _lines(form)
    t = translator_for(request)
    if not written.strip():
        wrong = Wrong({}, [t("clinic-wrong-blank")])
    elif len(written) > MOST:
        wrong = Wrong({}, [t("clinic-wrong-long", most=MOST)])
    else:
        wrong = Wrong({}, content_errors(kind, written))
    elsewhere = form_text(form, "seen", 16) != mark(db, me.clinic_id, kind)
    if wrong or elsewhere:
        return _raw(request, me, db, kind, written, wrong=wrong, elsewhere=elsewhere)
    write_content(db, me, audit, kind, ContentForm(text=written), now=clock())
    return RedirectResponse(f"{_page(kind)}?said=saved", 303)


@router.post("/clinic/shipped/{content}")
def back_to_shipped(content: str, me: ClinicianHere, db: Db, audit: TrailHere) -> Response:
    """Drop the clinic's own file."""
    kind = kind_named(content)
    drop_content(db, me, audit, kind)
    return RedirectResponse(f"{_page(kind)}?said=shipped", 303)


def _page(kind: ContentKind) -> str:
    return f"/clinic/texts/{kind.value}" if kind in TEXTS else address_of(kind)


def _beginning(kind: ContentKind) -> str:
    """Return what an own file begins with: one of figures holds only what differs, one of words is whole."""
    if kind.protocol is not None:
        return f'extends = "{kind.protocol}"\n'
    return "" if kind is ContentKind.READINESS else bundled_text(kind)


def _lines(form: FormData) -> str:
    """Return the text of the file as it was typed."""
    value = form.get("text", "")
    return value.replace("\r\n", "\n")[: MOST + 1] if isinstance(value, str) else ""


def _document(db: Session, me: Principal, kind: ContentKind) -> dict[str, Any]:
    return parse(custom_text(db, me.clinic_id, kind) or bundled_text(kind))


def _same(document: dict[str, Any], shipped: dict[str, Any]) -> bool:
    """Return whether the words are the bundled ones, whatever the version is called."""
    return {**document, documents.VERSION: ""} == {**shipped, documents.VERSION: ""}


def _names(document: dict[str, Any], shipped: dict[str, Any]) -> set[str]:
    return {each.name for group in documents.groups(document, shipped) for each in group.fields}


def _shown(
    request: Request,
    me: Principal,
    db: Session,
    kind: ContentKind,
    document: dict[str, Any],
    *,
    said: str = "",
    wrong: Wrong | None = None,
    elsewhere: bool = False,
) -> Response:
    return render(
        request,
        "clinic/texts.html",
        me=me,
        status=422 if wrong else 409 if elsewhere else 200,
        zone=str(clinic_timezone(db, me.clinic_id)),
        sections=SECTIONS,
        section=kind.value,
        kind=kind.value,
        groups=documents.groups(document, parse(bundled_text(kind))),
        choices=documents.CHOICES,
        version=document.get(documents.VERSION, ""),
        wrong=wrong or Wrong({}, []),
        elsewhere=elsewhere,
        seen=mark(db, me.clinic_id, kind),
        own=own_content(db, me.clinic_id, kind),
        said=said if said in ("saved", "shipped") else "",
    )


def _raw(
    request: Request,
    me: Principal,
    db: Session,
    kind: ContentKind,
    written: str,
    *,
    wrong: Wrong | None = None,
    elsewhere: bool = False,
) -> Response:
    return render(
        request,
        "clinic/toml.html",
        me=me,
        status=422 if wrong else 409 if elsewhere else 200,
        sections=SECTIONS,
        section="protocols" if kind in PROTOCOLS else kind.value,
        short=kind.protocol or kind.value,
        protocol=kind.protocol,
        page=_page(kind),
        text=written,
        shipped=bundled_text(kind),
        wrong=wrong or Wrong({}, []),
        elsewhere=elsewhere,
        seen=mark(db, me.clinic_id, kind),
        own=own_content(db, me.clinic_id, kind),
    )
