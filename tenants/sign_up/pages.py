"""The page that the mail's link leads to: a button, because programs open links in mails too."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wificore.kernel.api.errors import DomainError
from wificore.kernel.pages import page

from . import services

SITE = "WifiCore"
THANKS = "Thank you: an operator will look at it and write to you."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    try:
        services.sign_up_check_open()
        if request.method == "POST":
            services.sign_up_confirm(key=key)
            return page(request, THANKS, site_title=SITE)
    except DomainError as error:
        return page(request, error.message, site_title=SITE, status=error.status)
    form = forms.Form()
    return page(request, "Confirm your sign-up", site_title=SITE, form=form, button="Confirm")
