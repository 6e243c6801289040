"""Ladder, agreements and questions as fields; any of the clinic's files as TOML; restoring the bundled ones."""

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
from api.pages.clinic.content_forms import MOST, FormErrors, content_digest, find_kind, form_errors
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
    kind = find_kind(content, TEXTS)
    return _render_texts(request, me, db, kind, _document(db, me, kind), said=said)


@router.post("/clinic/texts/{content}")
def write_texts(
    content: str, request: Request, me: ClinicianHere, form: Form, db: Db, clock: Clock, audit: TrailHere
) -> Response:
    """Save the clinic's own texts."""
    kind = find_kind(content, TEXTS)
    before, shipped = _document(db, me, kind), parse(bundled_text(kind))
    document = documents.read_form(form, before)
    t = translator_for(request)
    wrong = FormErrors({name: t("clinic-wrong-blank") for name in documents.find_blank(document)}, [])
    wrong.fields.update(
        {name: t("clinic-wrong-long", most=documents.MOST) for name in documents.find_too_long(document)}
    )
    elsewhere = form_text(form, "seen", 16) != content_digest(db, me.clinic_id, kind)
    if wrong or elsewhere:
        return _render_texts(request, me, db, kind, document, wrong=wrong, elsewhere=elsewhere)
    if _is_same(document, shipped):
        drop_content(db, me, audit, kind)
        return RedirectResponse(f"/clinic/texts/{content}?said=shipped", 303)
    if document != before:
        today = clock().astimezone(clinic_timezone(db, me.clinic_id)).date()
        written = toml(documents.set_version(document, before, today))
        wrong = form_errors(kind, written, _field_names(document, shipped))
        if wrong:
            return _render_texts(request, me, db, kind, document, wrong=wrong)
        write_content(db, me, audit, kind, ContentForm(text=written), now=clock())
    return RedirectResponse(f"/clinic/texts/{content}?said=saved", 303)


@router.get("/clinic/toml/{content}")
def toml_page(content: str, request: Request, me: ClinicianHere, db: Db) -> Response:
    """Show the file itself, for those who prefer it."""
    kind = find_kind(content)
    return _render_toml(request, me, db, kind, custom_text(db, me.clinic_id, kind) or _initial_text(kind))


@router.post("/clinic/toml/{content}")
def write_toml(
    content: str, request: Request, me: ClinicianHere, form: Form, db: Db, clock: Clock, audit: TrailHere
) -> Response:
    """Save the file itself."""
    kind = find_kind(content)
    written = _read_text(form)
    t = translator_for(request)
    if not written.strip():
        wrong = FormErrors({}, [t("clinic-wrong-blank")])
    elif len(written) > MOST:
        wrong = FormErrors({}, [t("clinic-wrong-long", most=MOST)])
    else:
        wrong = FormErrors({}, content_errors(kind, written))
    elsewhere = form_text(form, "seen", 16) != content_digest(db, me.clinic_id, kind)
    if wrong or elsewhere:
        return _render_toml(request, me, db, kind, written, wrong=wrong, elsewhere=elsewhere)
    write_content(db, me, audit, kind, ContentForm(text=written), now=clock())
    return RedirectResponse(f"{_page(kind)}?said=saved", 303)


@router.post("/clinic/shipped/{content}")
def back_to_shipped(content: str, me: ClinicianHere, db: Db, audit: TrailHere) -> Response:
    """Drop the clinic's own file, so that the bundled one holds again."""
    kind = find_kind(content)
    drop_content(db, me, audit, kind)
    return RedirectResponse(f"{_page(kind)}?said=shipped", 303)


def _page(kind: ContentKind) -> str:
    return f"/clinic/texts/{kind.value}" if kind in TEXTS else address_of(kind)


def _initial_text(kind: ContentKind) -> str:
    """Return the initial text of a clinic's file: one of figures holds only what differs, one of texts is complete."""
    if kind.protocol is not None:
        return f'extends = "{kind.protocol}"\n'
    return "" if kind is ContentKind.READINESS else bundled_text(kind)


def _read_text(form: FormData) -> str:
    """Return the text of the file as it was typed."""
    value = form.get("text", "")
    return value.replace("\r\n", "\n")[: MOST + 1] if isinstance(value, str) else ""


def _document(db: Session, me: Principal, kind: ContentKind) -> dict[str, Any]:
    return parse(custom_text(db, me.clinic_id, kind) or bundled_text(kind))


def _is_same(document: dict[str, Any], shipped: dict[str, Any]) -> bool:
    """Return whether the texts are the bundled ones; the version does not count."""
    return {**document, documents.VERSION: ""} == {**shipped, documents.VERSION: ""}


def _field_names(document: dict[str, Any], shipped: dict[str, Any]) -> set[str]:
    return {each.name for group in documents.group_fields(document, shipped) for each in group.fields}


def _render_texts(
    request: Request,
    me: Principal,
    db: Session,
    kind: ContentKind,
    document: dict[str, Any],
    *,
    said: str = "",
    wrong: FormErrors | None = None,
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
        groups=documents.group_fields(document, parse(bundled_text(kind))),
        choices=documents.CHOICES,
        version=document.get(documents.VERSION, ""),
        wrong=wrong or FormErrors({}, []),
        elsewhere=elsewhere,
        seen=content_digest(db, me.clinic_id, kind),
        own=own_content(db, me.clinic_id, kind),
        said=said if said in ("saved", "shipped") else "",
    )


def _render_toml(
    request: Request,
    me: Principal,
    db: Session,
    kind: ContentKind,
    written: str,
    *,
    wrong: FormErrors | None = None,
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
        wrong=wrong or FormErrors({}, []),
        elsewhere=elsewhere,
        seen=content_digest(db, me.clinic_id, kind),
        own=own_content(db, me.clinic_id, kind),
    )
