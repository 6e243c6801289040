"""Catalogues of words in Fluent: `words.<language>.ftl` in every screen's folder, one bundle a language.

Every message exists in every language, with the same variables (a test says so). The scripts of a screen read the same
files (`api/web/js/translations.js`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale, negotiate_locale
from fluent.runtime import FluentBundle, FluentResource

PAGES: Final = Path(__file__).parent
LANGUAGES: Final = {"en": "English", "de": "Deutsch"}
"""Codes and their own names."""
DEFAULT: Final = "en"


class Translator:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = Locale.parse(language)
        # No isolation marks: every variable of ours is a figure or a name in a sentence of one direction.
        self._bundle = FluentBundle([language], use_isolating=False)
        for path in catalogues(language):
            self._bundle.add_resource(FluentResource(path.read_text("utf-8")))

    def __contains__(self, key: str) -> bool:
        return self._bundle.has_message(key)

    def __call__(self, key: str, /, **figures: object) -> str:
        """The message, its variables filled in.

        Raises
        ------
        KeyError
            No such message, or a variable it needs was not given.
        """
        message = self._bundle.get_message(key)
        if message.value is None:
            raise KeyError(key)
        text, errors = self._bundle.format_pattern(message.value, figures)
        if errors:
            raise KeyError(f"{key}: {errors[0]}")
        assert isinstance(text, str)
        return text

    def known(self, key: str, fallback: str, /, **figures: object) -> str:
        """The message of a code that content of a clinic's own may have made up; else the content's own words."""
        return self(key, **figures) if key in self else fallback


def catalogues(language: str) -> list[Path]:
    """The files of a language."""
    return sorted(PAGES.glob(f"*/words.{language}.ftl"))


@cache
def translator_of(language: str) -> Translator:
    """The words of one of `LANGUAGES`; read once."""
    return Translator(language)


def choose_language(wanted: str | None, accept: str) -> str:
    """Of the languages there are, the one chosen by the person, else the browser's best, else English."""
    if wanted in LANGUAGES:
        return wanted
    ranked: Mapping[str, float] = dict(_weighted(accept))
    order = sorted(ranked, key=lambda each: -ranked[each])
    found = negotiate_locale([each.replace("-", "_") for each in order], list(LANGUAGES))
    return DEFAULT if found is None else found


def _weighted(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.split(",")[:20]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if tag and weight > 0:
            found.append((tag, weight))
    return found
