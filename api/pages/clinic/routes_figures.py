"""Figures of the protocols and of readiness: each with its source, the bundled value beside the clinic's."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.care.clinic_content import custom_text
from api.care.clinic_protocols import clinic_protocol
from api.care.content_files import drop_content, own_content, write_content
from api.care.content_schemas import ContentForm
from api.db import ClinicContent, ContentKind
from api.db.clinic import clinic_timezone
from api.http.deps import Clock, Db, Principal
from api.pages.clinic import figures
from api.pages.clinic.content_forms import FormErrors, content_digest, find_kind, form_errors
from api.pages.clinic.sections import SECTIONS
from api.pages.form_fields import TrailHere, form_text
from api.pages.page_deps import ClinicianHere, Form
from api.pages.render import render, translator_for
from hinge_check.assess.protocol import LADDER, load_protocol
from hinge_check.assess.protocol_text import parse, render as toml
from hinge_check.clinic.readiness_rules import rules_from_text

router = APIRouter()

Said = Annotated[str, Query(max_length=40)]
PROTOCOLS = tuple(kind for kind in ContentKind if kind.protocol is not None)


@router.get("/clinic/protocols")
def protocols_page(request: Request, me: ClinicianHere, db: Db, audit: TrailHere) -> Response:
    """Show every protocol, and in how many figures the clinic's version differs."""
    audit.record_view(db, "protocols", me.clinic_id, None)
    ours = {name: clinic_protocol(db, me.clinic_id, name) for name in LADDER}
    rows = db.scalars(select(ClinicContent).where(ClinicContent.clinic_id == me.clinic_id))
    written = {row.kind.protocol: row for row in rows if row.kind.protocol is not None}
    return render(
        request,
        "clinic/protocols.html",
        me=me,
        zone=str(clinic_timezone(db, me.clinic_id)),
        sections=SECTIONS,
        section="protocols",
        protocols=ours,
        written=written,
    )


@router.get("/clinic/protocols/{protocol}")
def protocol_page(
    protocol: str, request: Request, me: ClinicianHere, db: Db, audit: TrailHere, said: Said = ""
) -> Response:
    """Show every figure of one protocol."""
    kind = find_kind(protocol, PROTOCOLS)
    audit.record_view(db, "protocols", me.clinic_id, None)
    return _render_figures(request, me, db, kind, said=said)


@router.post("/clinic/protocols/{protocol}")
def write_protocol(
    protocol: str, request: Request, me: ClinicianHere, form: Form, db: Db, clock: Clock, audit: TrailHere
) -> Response:
    """Save the clinic's version of a protocol."""
    return _write(find_kind(protocol, PROTOCOLS), request, me, form, db, clock, audit)


@router.get("/clinic/readiness")
def readiness_page(request: Request, me: ClinicianHere, db: Db, said: Said = "") -> Response:
    """Show the figures by which moving on is suggested."""
    return _render_figures(request, me, db, ContentKind.READINESS, said=said)


@router.post("/clinic/readiness")
def write_readiness(
    request: Request, me: ClinicianHere, form: Form, db: Db, clock: Clock, audit: TrailHere
) -> Response:
    """Save the clinic's figures of readiness."""
    return _write(ContentKind.READINESS, request, me, form, db, clock, audit)


def address_of(kind: ContentKind) -> str:
    """Return the address of the page of a kind that is made of figures."""
    return "/clinic/readiness" if kind.protocol is None else f"/clinic/protocols/{kind.protocol}"


def _shapes(kind: ContentKind) -> list[figures.Shape]:
    return figures.shapes_of_readiness() if kind.protocol is None else figures.shapes_of_protocol(kind.protocol)


def _fields(db: Session, me: Principal, kind: ContentKind) -> dict[str, str]:
    own = custom_text(db, me.clinic_id, kind)
    whole = (
        rules_from_text(own).text if kind.protocol is None else clinic_protocol(db, me.clinic_id, kind.protocol).text
    )
    return figures.fields_of(_shapes(kind), {} if own is None else parse(own), parse(whole))


def _write(
    kind: ContentKind, request: Request, me: Principal, form: Form, db: Session, clock: Clock, audit: TrailHere
) -> Response:
    shapes, own = _shapes(kind), custom_text(db, me.clinic_id, kind)
    fields = figures.read_form(form, _fields(db, me, kind))
    wrong = FormErrors(figures.find_errors(translator_for(request), shapes, fields), [])
    elsewhere = form_text(form, "seen", 16) != content_digest(db, me.clinic_id, kind)
    if wrong or elsewhere:
        return _render_figures(request, me, db, kind, fields=fields, wrong=wrong, elsewhere=elsewhere)
    before: dict[str, Any] = {} if own is None else parse(own)
    document = figures.document_of(shapes, fields, before)
    document.pop("extends", None)
    if not document:
        drop_content(db, me, audit, kind)
        return RedirectResponse(f"{address_of(kind)}?said=shipped", 303)
    document = {"extends": kind.protocol, **document} if kind.protocol is not None else document
    if document != before:
        written = toml(document)
        wrong = form_errors(kind, written, fields)
        if wrong:
            return _render_figures(request, me, db, kind, fields=fields, wrong=wrong)
        write_content(db, me, audit, kind, ContentForm(text=written), now=clock())
    return RedirectResponse(f"{address_of(kind)}?said=saved", 303)


def _render_figures(
    request: Request,
    me: Principal,
    db: Session,
    kind: ContentKind,
    *,
    said: str = "",
    fields: dict[str, str] | None = None,
    wrong: FormErrors | None = None,
    elsewhere: bool = False,
) -> Response:
    shapes = _shapes(kind)
    fields = _fields(db, me, kind) if fields is None else fields
    name = kind.protocol
    return render(
        request,
        "clinic/figures.html",
        me=me,
        status=422 if wrong else 409 if elsewhere else 200,
        zone=str(clinic_timezone(db, me.clinic_id)),
        sections=SECTIONS,
        section="readiness" if name is None else "protocols",
        name=name,
        short=name or kind.value,
        address=address_of(kind),
        protocol=None if name is None else clinic_protocol(db, me.clinic_id, name),
        shipped=None if name is None else load_protocol(name),
        shapes=shapes,
        changed={shape.key for shape in shapes if figures.differs(shape, fields)},
        weights_reason="" if name is None else figures.weights_reason(name),
        weights_why=figures.WEIGHTS_WHY,
        fields=fields,
        wrong=wrong or FormErrors({}, []),
        elsewhere=elsewhere,
        seen=content_digest(db, me.clinic_id, kind),
        own=own_content(db, me.clinic_id, kind),
        said=said if said in ("saved", "shipped") else "",
    )
