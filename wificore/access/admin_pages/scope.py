"""What pages of rows at a site share."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelect2Widget

from .. import selectors
from ..checks import visible
from ..guard import writer
from ..models import (
    Site,
)


class SiteScopeAdmin:
    """Mix it into a page of rows at a site: others are neither listed nor opened.

    Attributes:
        scope_field: the column with the site's id; the form's field for it is `site`.
    """

    scope_field = "site_id"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)  # type: ignore[misc]  # the page's
        return visible(rows, writer(request).subject, self.scope_field)

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)  # type: ignore[misc]  # the page's
        return type(form.__name__, (form,), {"sites": selectors.sites(writer(request).subject)})

    @display(description="site")
    def site(self, row: Any) -> str:
        # A page has few rows, and a tenant few sites.
        names = Site.objects.filter(pk=row.site_id).values_list("name", flat=True)
        return names.first() or ""


class SiteScopeForm(forms.ModelForm[Any]):
    """A form with the field `site`, which offers the sites that its user sees."""

    sites: QuerySet[Site] | None = None
    site = forms.ModelChoiceField(
        queryset=Site.objects.none(),
        required=False,
        widget=UnfoldAdminSelect2Widget,
        help_text="Staff see the rows of their own sites, and those without a site.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.sites is not None:
            field = cast(forms.ModelChoiceField[Site], self.fields["site"])
            field.queryset = self.sites
            self.initial.setdefault("site", self.instance.site_id)

    def clean_site(self) -> Site | None:
        site: Site | None = self.cleaned_data["site"]
        self.instance.site_id = site.pk if site else None
        return site
