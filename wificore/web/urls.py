"""The last route of both hosts: every address that nothing else has."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from .manifest import manifest
from .page import page


class PageConverter(StringConverter):
    """A path of the web client, which shows its own page for those that do not exist."""

    # Of programs and files; what is not found there must not look like a page.
    regex = (
        r"(?!(?:admin|api|_allauth|assets|static|files|apps|broadcasting|pusher|realtime)(?:/|$)).+"
    )


register_converter(PageConverter, "page")
urlpatterns = [
    path("", page, name="web"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("<page:page>", page),
]
