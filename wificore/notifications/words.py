"""The words of a notice in a language: templates of the app that publishes the event.

A template's first line is the title; the rest is the text. They are plain text: whoever shows
them in a page escapes them there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.template import Context, Engine, TemplateDoesNotExist
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from .models.inbox import TITLE_CHARS
from .models.preferences import LANGUAGES
from .models.work import Task

# 2026-11-21T06:12:00Z and longer.
TIME_CHARS = range(20, 40)
DEFAULT_LANGUAGE = LANGUAGES[0][0]


@dataclass(frozen=True, slots=True)
class Words:
    """A title of one line, and a text of some."""

    title: str
    text: str = ""


@cache
def engine(missing: str = "") -> Engine:
    """Templates of all apps.

    Args:
        missing: what stands where the context lacks a name; tests look for it.
    """
    return Engine(app_dirs=True, string_if_invalid=missing)


def template_name(kind: str, language: str) -> str:
    return f"notices/{kind}.{language}.txt"


def words(
    kind: str, language: str, context: Mapping[str, Any], *, zone: str, missing: str = ""
) -> Words:
    """A notice in words.

    Args:
        kind: an event type, or `<event type>.task` for the title of its task.
        context: the event's payload, with names for what it only has ids of.
        zone: the time zone of its times.
    """
    if language not in dict(LANGUAGES):
        language = DEFAULT_LANGUAGE
    template = engine(missing).get_template(template_name(kind, language))
    with translation.override(language), timezone.override(zone):
        shown = {key: _shown(value) for key, value in context.items()}
        text = template.render(Context(shown, autoescape=False))
    title, _, rest = text.strip().partition("\n")
    return Words(_line(title)[:TITLE_CHARS], _printable(rest).strip())


def task_title(task: Task, language: str, zone: str) -> str:
    """What is to be done, in a language; of a kind that is gone, its name."""
    context = one_line({**task.context, "site": task.context.get("site_name", "")})
    try:
        return words(f"{task.kind}.task", language, context, zone=zone).title
    except TemplateDoesNotExist:
        return task.kind


def one_line(context: Mapping[str, Any]) -> dict[str, Any]:
    """Texts of a payload for a template: people and routers wrote them."""
    return {k: _line(v) if isinstance(v, str) else v for k, v in context.items()}


def _shown(value: Any) -> Any:
    """Times are text in a payload, and times again in a template."""
    if not isinstance(value, str):
        return value
    return _time(value) or value


def _time(value: str) -> datetime | None:
    if len(value) not in TIME_CHARS or "T" not in value:
        return None
    try:
        found = parse_datetime(value)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None


def _line(text: str) -> str:
    return _printable(" ".join(text.split()))


def _printable(text: str) -> str:
    """Names come from people and packets: nothing that a mail or a phone would act on."""
    return "".join(c for c in text if c.isprintable() or c == "\n")
