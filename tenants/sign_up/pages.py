"""The page that the mail's link leads to: a button, because programs open links in mails too."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wificore.kernel.api.errors import DomainError

from . import services

TEMPLATE = "wificore/page.html"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    context: dict[str, object] = {"site_title": "WifiCore", "title": "Confirm your sign-up"}
    status = 200
    try:
        services.sign_up_check_open()
        if request.method == "POST":
            services.sign_up_confirm(key=key)
            context["title"] = "Thank you: an operator will look at it and write to you."
        else:
            context |= {"form": forms.Form(), "button": "Confirm"}
    except DomainError as error:
        status, context["title"] = error.status, error.message
    return render(request, TEMPLATE, context, status=status)
