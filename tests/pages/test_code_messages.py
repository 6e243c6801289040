"""Every code has a message in every language; the English ones are those of the library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

import pytest

from api.care.clinic_content import consent_of_service, questions_of_service
from api.core.problems import ServiceCode
from api.jobs.leases import FAILED_ADVICE, FAILURES
from api.pages.messages import code_messages
from api.pages.translations import LANGUAGES, translator_of
from hinge_check.assess import phrases, protocol
from hinge_check.assess.faults import FAULTS
from hinge_check.assess.protocol_schema import WEIGHTS
from hinge_check.clinic.history import Metric
from hinge_check.clinic.ladder import load_ladder
from hinge_check.clinic.red_flags import load_questions
from hinge_check.clinic.review import VERDICT_WORDS
from hinge_check.errors import ADVICE, Code
from hinge_check.live.phrases import INSTRUCTION, NOTICE, PRAISE
from tests.fakes import fake_report

LONGEST_FOR_THE_EAR = 5

ALARMING = ("error", "fail", "wrong", "risk", "danger", "injur", "Fehler", "falsch", "Risiko", "Gefahr", "Verletz")
"""Words that clients never read. 'There is no wrong answer' introduces the questions, and is kind."""
KIND = frozenset({"intake-intro"})


def library_messages() -> Iterator[tuple[str, str]]:
    """Yield every key whose English comes from elsewhere, with that English."""
    for code in FAULTS:
        yield f"fault-{code}-title", phrases.TITLE[code]
        yield f"fault-{code}-change", phrases.CHANGE[code]
        yield f"fault-{code}-ear", phrases.EAR[code]
    for name, text in phrases.KEEP.items():
        yield f"keep-{name}", text
    yield "change-none", phrases.NO_CHANGE
    yield "change-not_measured", phrases.NOT_MEASURED
    for code, text in ADVICE.items():
        yield f"refusal-{code}-advice", text
    for code, text in FAILURES.items():
        yield f"refusal-{code}-message", text
        yield f"refusal-{code}-advice", FAILED_ADVICE
    for verdict, text in VERDICT_WORDS.items():
        yield f"verdict-{verdict}", text
    for kind, texts in (("instruction", INSTRUCTION), ("notice", NOTICE), ("praise", PRAISE)):
        for code, text in texts.items():
            yield f"say-{kind}-{code}", text
    for name, title in protocol.list_protocols():
        yield f"protocol-{name}", title
    yield from content_messages()


def content_messages() -> Iterator[tuple[str, str]]:
    """Yield the same for the bundled content of a clinic."""
    ladder = load_ladder()
    yield "ladder-title", ladder.title
    for step in ladder.steps:
        yield f"step-{step.name}-title", step.title
        for number, text in enumerate(step.instructions, 1):
            yield f"step-{step.name}-instruction-{number}", text


def file_messages(language: str) -> Iterator[tuple[str, str]]:
    """Yield the place and the words of what has a file of its own in every language."""
    consent, questions = consent_of_service(language), questions_of_service(language)
    yield "consent-title", consent.title
    yield "consent-intro", consent.intro
    for agreement in consent.agreements:
        yield f"consent-{agreement.name}-title", agreement.title
        yield f"consent-{agreement.name}-text", agreement.text
        yield f"consent-{agreement.name}-withdrawal", agreement.withdrawal
    yield "intake-title", questions.title
    yield "intake-intro", questions.intro
    for each in questions.questions:
        yield f"intake-question-{each.name}", each.question
    for outcome, words in questions.texts.items():
        yield f"intake-{outcome}-title", words.title
        for number, text in enumerate(words.lines, 1):
            yield f"intake-{outcome}-line-{number}", text


def test_every_code_has_words_in_every_language() -> None:
    keys = {key for key, _ in library_messages()}
    keys |= {f"refusal-{code}-{part}" for code in Code for part in ("message", "advice")}
    keys |= {f"problem-{code}-{part}" for code in ServiceCode for part in ("title", "advice")}
    keys |= {f"subscore-{name}" for name in WEIGHTS} | {f"verdict-{verdict}-client" for verdict in VERDICT_WORDS}
    keys |= {f"metric-{name}" for name in get_args(Metric)}
    missing = {(language, key) for language in LANGUAGES for key in keys if key not in translator_of(language)}
    assert not missing
    files = [[key for key, _ in file_messages(language)] for language in LANGUAGES]
    assert all(each == files[0] for each in files)


def test_english_messages_are_those_of_the_library_and_its_content() -> None:
    t = translator_of("en")
    assert {key: t(key) for key, _ in library_messages()} == dict(library_messages())


def test_other_languages_are_translated() -> None:
    """Names of things may be the same in two languages; sentences are not."""
    same = {key for key, text in library_messages() if text.count(" ") > 1 and translator_of("de")(key) == text}
    assert not same
    files = zip(file_messages("en"), file_messages("de"), strict=True)
    assert not {key for (key, text), (_, other) in files if text.count(" ") > 1 and other == text}


@pytest.mark.parametrize("language", LANGUAGES)
def test_spoken_messages_are_short_and_all_are_calm(language: str) -> None:
    t = translator_of(language)
    keys = [f"fault-{code}-ear" for code in FAULTS]
    keys += [f"say-{kind}-{code}" for kind, texts in (("notice", NOTICE), ("praise", PRAISE)) for code in texts]
    assert not {key: t(key) for key in keys if len(t(key).split()) > LONGEST_FOR_THE_EAR}
    shown = [*keys, *(key for key, _ in library_messages()), *(f"problem-{code}-title" for code in ServiceCode)]
    words_by_key = {key: t(key) for key in shown} | dict(file_messages(language))
    alarming = {key: text for key, text in words_by_key.items() if any(word in text for word in ALARMING)}
    assert not alarming.keys() - KIND


def test_a_reports_own_words_with_their_figures_are_shown_in_english_only() -> None:
    own = ("The camera sees you 40° off your side.", "Turn.")
    assert code_messages.refusal(translator_of("en"), "not_side_view", *own) == code_messages.Message(*own)
    german = code_messages.refusal(translator_of("de"), "not_side_view", *own)
    assert german.message == "Die Kamera sieht Sie nicht von der Seite."
    assert code_messages.finding(translator_of("de"), "not_side_view", *own).message != german.message
    assert code_messages.refusal(translator_of("de"), "made_up", *own) == code_messages.Message(*own)


def test_the_cues_of_a_report_are_translated_by_code() -> None:
    t = translator_of("de")
    own = fake_report()
    report = own.model_copy(
        update={"cues": own.cues.model_copy(update={"client": [phrases.KEEP["spine"], phrases.CHANGE["shallow"]]})}
    )
    assert (code_messages.keep_code(report), code_messages.change_code(report)) == ("spine", "shallow")
    assert code_messages.keep_words(t, report) == t("keep-spine")
    assert code_messages.change_words(t, report) == t("fault-shallow-change")
    # words of another version are shown as they are
    assert (code_messages.keep_code(own), code_messages.keep_words(t, own)) == (None, own.cues.client[0])
    unread = own.cues.model_copy(
        update={"client": [phrases.KEEP["view"], f"{phrases.NOT_MEASURED} Wear a fitted top."]}
    )
    assert code_messages.change_words(t, own.model_copy(update={"cues": unread})).startswith(t("change-not_measured"))


def test_a_clinics_own_words_are_shown_as_they_are() -> None:
    t = translator_of("de")
    bow = load_ladder().step("bow")
    assert code_messages.step_title(t, "bow", bow.title) == "Kellner-Verbeugung"
    assert code_messages.step_title(t, "bow", "Bow, our way") == "Bow, our way"
    assert code_messages.step_instructions(t, "bow", bow.instructions)[0].startswith("Stehen Sie seitlich")
    edited = [*bow.instructions[:-1], "Come up as you like."]
    assert code_messages.step_instructions(t, "bow", edited) == edited
    saddle = load_questions().questions[0]
    assert code_messages.question(t, saddle) == questions_of_service("de").questions[0].question
    assert code_messages.question(translator_of("en"), saddle) == saddle.question
    assert code_messages.question(t, replace(saddle, question="Ours?")) == "Ours?"
