"""Where a provider sends the browser back to, on the tenant's own host."""

from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from .provider import OidcAdapter


class CallbackView(OAuth2CallbackView):  # type: ignore[misc]  # allauth has no types
    """allauth's, whose adapter also learns the state: the nonce is in it."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, answer = super()._get_state(request, provider)
        self.adapter.state = state
        return state, answer


@login_not_required  # type: ignore[untyped-decorator]  # allauth has no types
@require_GET
def callback(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The end of the code flow."""
    view = CallbackView.adapter_view(OidcAdapter(request, slug))
    try:
        answer: HttpResponseBase = view(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return answer
