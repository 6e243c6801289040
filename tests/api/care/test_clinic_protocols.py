"""A clinic's own version of a protocol: stored, checked, and used to judge its recordings."""

from __future__ import annotations

from typing import Any

import pytest

from api.care.clinic_protocols import clinic_protocol
from api.care.plans import protocol_for
from api.db import Plan
from hinge_check.assess.protocol import LADDER, load_protocol, protocol_from_text
from tests.api.clinic_fixture import World
from tests.api.factories import create_sample_rows

NAME = "bodyweight_hinge"
CONTENT = f"/api/v1/clinic/content/protocol:{NAME}"
OURS = f'extends = "{NAME}"\n[limits.neck]\nvalue = 33.0\nwarn = 30.0\nreason = "agreed in our team"\n'
PERSON = f'extends = "{NAME}"\n[limits.lumbar_flexion]\nvalue = 9.0\n'
PLAN: dict[str, Any] = {"step": NAME, "sets": 3, "reps": 8, "days_per_week": 3}


def test_every_protocol_has_a_valid_starting_text(world: World) -> None:
    ann = world.as_(world.ann)
    for name in LADDER:
        page = f"/api/v1/clinic/content/protocol:{name}"
        shipped = ann.get(page).json()
        assert shipped["own"] is False
        assert ann.put(page, json={"text": shipped["text"]}).json()["own"] is True
        with world.db() as db:
            assert clinic_protocol(db, world.clinic.id, name).sha256 == load_protocol(name).sha256


def test_a_clinic_s_protocol_judges_only_its_own_recordings(world: World) -> None:
    things = create_sample_rows(world)
    ann, bo = world.as_(world.ann), world.as_(world.bo)
    assert ann.put(CONTENT, json={"text": OURS}).json()["own"] is True
    assert bo.get(CONTENT).json()["own"] is False
    with world.db() as db:
        ours, _ = protocol_for(db, world.carl.id, NAME)
        theirs, _ = protocol_for(db, world.bea.id, NAME)
    assert (ours.name, ours.limits["neck"].value, ours.limits["neck"].reason) == (NAME, 33.0, "agreed in our team")
    assert theirs.sha256 == load_protocol(NAME).sha256

    again = ann.post(f"/api/v1/recordings/{things.recording_id}/analyses", json={"protocol": NAME}).json()
    assert again["protocol_sha256"] == ours.sha256
    one = {"text": f'extends = "{NAME}"\n[limits.shallow]\nvalue = 30.0\n'}
    by_text = ann.post(f"/api/v1/recordings/{things.recording_id}/analyses", json=one).json()
    layered = protocol_from_text(one["text"], lambda _: ours)
    assert (layered.limits["neck"].value, layered.overrides) == (33.0, {"limits.shallow.value": 30.0})
    assert by_text["protocol_sha256"] == layered.sha256

    assert ann.delete(CONTENT).status_code == 204
    with world.db() as db:
        assert protocol_for(db, world.carl.id, NAME)[0].sha256 == load_protocol(NAME).sha256


def test_a_client_s_limits_take_precedence_over_the_clinic_s(world: World) -> None:
    create_sample_rows(world)
    ann = world.as_(world.ann)
    ann.put(CONTENT, json={"text": OURS})
    plan = ann.post(f"/api/v1/clients/{world.carl.id}/plans", json={**PLAN, "limits": PERSON}).json()
    assert plan["overrides"] == {"limits.lumbar_flexion.value": 9.0}
    with world.db() as db:
        both, _ = protocol_for(db, world.carl.id, NAME)
    assert (both.limits["neck"].value, both.limits["lumbar_flexion"].value) == (33.0, 9.0)
    assert both.sha256 == plan["protocol_sha256"]

    # The clinic changes its protocol so that it contradicts Carl's limits: those hold as they were written.
    with world.db() as db:
        row = db.get_one(Plan, plan["id"])
        row.limits = f'extends = "{NAME}"\n[limits.neck]\nwarn = 32.0\n'
        db.commit()
    ann.put(CONTENT, json={"text": OURS.replace("33.0", "20.0").replace("30.0", "15.0")})
    with world.db() as db:
        assert protocol_for(db, world.carl.id, NAME)[0].sha256 == both.sha256


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('extends = "rdl"\n', "begin with: extends"),
        (OURS.replace("neck", "nek"), "line 2: unknown key 'nek'"),
        (OURS.replace("33.0", "3300.0"), "line 3: limits.neck.value = 3300 is outside"),
        (OURS.replace("33.0", "21.0"), "line 4: limits.neck.warn (30) lies above its value (21)"),
        (f'extends = "{NAME}"\nname = "ours"\n', "the name stays"),
        (f'extends = "{NAME}"\n[person]\nlumbar_max_deg = 40.0\n', "[person] holds for one person"),
        ("a = [" * 5000, "not TOML"),
    ],
)
def test_errors_are_reported_with_their_line(world: World, text: str, says: str) -> None:
    answer = world.as_(world.ann).put(CONTENT, json={"text": text})
    assert answer.status_code == 422
    assert any(says in each["message"] for each in answer.json()["errors"])


def test_a_source_is_not_quoted_for_a_changed_figure() -> None:
    shipped = load_protocol(NAME)
    reason = shipped.limits["neck"].reason
    ours = protocol_from_text(
        f"extends = '{NAME}'\n[limits.neck]\nvalue = 33.0\nwarn = 30.0\nreason = '''{reason}'''\n"
    )
    assert ours.limits["neck"].reason == f"set in this file; {NAME} has {shipped.limits['neck'].value:g} deg"
