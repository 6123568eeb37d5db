"""Two plain pages for the links in mails and for who forgot a password at the admin's door.

They stand where the web client's own pages will (HEADLESS_FRONTEND_URLS), and need no script.
"""

from allauth.account.forms import UserTokenForm
from allauth.account.internal.flows.password_reset import finalize_password_reset
from allauth.core import ratelimit
from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wificore.kernel.pages import page

from .. import services
from ..models import User
from .adapters import ask_for_reset, site_name

SIGN_IN = {"Sign in": "/admin/login/"}
ANOTHER = {"Ask for another link": "/sign-in/reset", **SIGN_IN}
SENT = "If there is such an account, a mail with a link is on its way."
SET = "Your new password is set, and all other sign-ins have ended."
USELESS = "This link is used already or too old: ask for another one."
TOO_MANY = "Too many requests: wait a minute."


class AskForm(forms.Form):
    email = forms.EmailField(label="Email", max_length=254)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Whose password is forgotten?"""
    form = AskForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, "Forgotten your password?", form, button="Send a link")
    email = form.cleaned_data["email"]
    if not ratelimit.consume(request, action="reset_password", key=email.lower()):
        return _page(request, TOO_MANY, status=429)
    ask_for_reset(request, email)
    return _page(request, SENT)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, key: str) -> HttpResponse:
    """The page that the mail's link leads to."""
    number, _, secret = key.partition("-")
    link = UserTokenForm(data={"uidb36": number, "key": secret})
    user: User | None = link.reset_user if link.is_valid() else None
    if user is None or not user.is_active:
        return _page(request, USELESS, links=ANOTHER, status=400)
    form = SetPasswordForm(user, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, "Choose a new password", form, button="Set it")
    services.user_password_set(user=user, password=form.cleaned_data["new_password1"])
    finalize_password_reset(request, user)
    return _page(request, SET)


def _page(
    request: HttpRequest,
    title: str,
    form: forms.Form | None = None,
    *,
    button: str = "",
    links: dict[str, str] = SIGN_IN,
    status: int = 200,
) -> HttpResponse:
    name = site_name(request)
    return page(
        request, title, site_title=name, form=form, button=button, links=links, status=status
    )
