"""Plain pages beside the admin, in its looks: a title, a form of a few fields, ways to go on."""

from collections.abc import Mapping

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from unfold.forms import BASE_INPUT_CLASSES
from unfold.settings import get_config

TEMPLATE = "wificore/page.html"


def page(
    request: HttpRequest,
    title: str,
    *,
    site_title: str,
    form: forms.Form | None = None,
    button: str = "",
    links: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with a page.

    Args:
        button: the text of the form's button.
        links: addresses by their text, below everything else.
    """
    for field in form.fields.values() if form else ():
        field.widget.attrs["class"] = " ".join(BASE_INPUT_CLASSES)
    context = {"title": title, "site_title": site_title, "form": form, "button": button}
    return render(request, TEMPLATE, {**_looks(), **context, "links": links or {}}, status=status)


def _looks() -> dict[str, object]:
    """What an admin site would give its pages: without it a button is white on white."""
    settings = get_config()
    names = ("colors", "border_radius", "theme", "site_favicons")
    return {name: settings.get(name.upper()) for name in names}
