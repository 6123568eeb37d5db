"""What an asker is written: the link that confirms, and later the operator's decision."""

from django.conf import settings
from django.template.loader import render_to_string

from wificore.kernel.mail import send_mail

from ..models import SignUp
from ..selectors import primary_host, tenant_get
from . import services

SENDER = "WifiCore"
TEMPLATES = {
    SignUp.State.ASKED: "tenants/mail/sign_up_confirm.txt",
    SignUp.State.APPROVED: "tenants/mail/sign_up_approved.txt",
    SignUp.State.DECLINED: "tenants/mail/sign_up_declined.txt",
}


def sign_up_mail(number: int) -> None:
    """Write to the asker what the row's state calls for; a worker does, who makes the key."""
    asked = SignUp.objects.filter(pk=number).first()
    template = TEMPLATES.get(SignUp.State(asked.state)) if asked else None
    if asked is None or template is None:
        return
    context = {"name": asked.name, "slug": asked.slug, "platform": settings.PLATFORM_URL}
    if asked.state == SignUp.State.ASKED:
        context["key"] = services.sign_up_key_new(asked=asked)
    if asked.state == SignUp.State.APPROVED:
        host = primary_host(tenant_get(slug=asked.slug))
        context["url"] = settings.TENANT_URL.format(host=host)
    body = render_to_string(template, context)
    send_mail(to=asked.owner_email, subject=f"Your sign-up: {asked.name}", body=body, sender=SENDER)
