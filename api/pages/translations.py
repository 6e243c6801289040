"""Message catalogues in Fluent: `words.<language>.ftl` in every screen's folder, one bundle per language.

Every message exists in every language, with the same variables (a test checks it). The scripts of a screen read the
same files (`api/web/js/translations.js`).
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
"""Language codes, and the name of each language in that language."""
DEFAULT: Final = "en"


class Translator:
    """The messages of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = Locale.parse(language)
        # No isolation marks: all our variables are figures or names in sentences of one direction.
        self._bundle = FluentBundle([language], use_isolating=False)
        for path in catalogues(language):
            self._bundle.add_resource(FluentResource(path.read_text("utf-8")))

    def __contains__(self, key: str) -> bool:
        return self._bundle.has_message(key)

    def __call__(self, key: str, /, **figures: object) -> str:
        """Format a message with its variables.

        Raises
        ------
        KeyError
            If there is no such message, or a variable it needs was not passed.
        """
        message = self._bundle.get_message(key)
        if message.value is None:
            raise KeyError(key)
        text, errors = self._bundle.format_pattern(message.value, figures)
        if errors:
            raise KeyError(f"{key}: {errors[0]}")
        assert isinstance(text, str)
        return text

    def get(self, key: str, fallback: str, /, **figures: object) -> str:
        """Format the message of a code that may come from a clinic's own content; without a message, the fallback."""
        return self(key, **figures) if key in self else fallback


def catalogues(language: str) -> list[Path]:
    """List the catalogues of a language."""
    return sorted(PAGES.glob(f"*/words.{language}.ftl"))


@cache
def translator_of(language: str) -> Translator:
    """Return the translator of one of `LANGUAGES`; each is read once."""
    return Translator(language)


def choose_language(wanted: str | None, accept: str) -> str:
    """Choose a language: the person's own choice, else the best match for the browser, else English."""
    if wanted in LANGUAGES:
        return wanted
    ranked: Mapping[str, float] = dict(_parse_accept(accept))
    order = sorted(ranked, key=lambda each: -ranked[each])
    best = negotiate_locale([each.replace("-", "_") for each in order], list(LANGUAGES))
    return DEFAULT if best is None else best


def _parse_accept(accept: str) -> list[tuple[str, float]]:
    languages = []
    for part in accept.split(",")[:20]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if tag and weight > 0:
            languages.append((tag, weight))
    return languages
