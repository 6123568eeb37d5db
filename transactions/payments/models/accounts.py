"""A tenant's own accounts at the providers. One row each; secrets are sealed and never shown."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

SHORTCODE = RegexValidator(r"\A[0-9]{5,7}\Z", "Use the 5 to 7 digits of the short code.")


class MpesaAccount(models.Model):
    """The tenant's paybill or till, and its application at Daraja.

    Attributes:
        till: the till's number, where `shortcode` is the store's; empty: a paybill.
        base_url: another address of Daraja's: its sandbox, a simulator; empty: the live one.
        callback_token_encrypted: the secret in our URLs, 40 hex digits.
        initiator, credential_encrypted: the API operator that may reverse.
        pull_enabled: the nightly pull; it must be registered with Safaricom first.
        fee_bands: what M-Pesa keeps of a payment, which it does not tell (`fees`); []: nothing.
    """

    id = models.SmallAutoField(primary_key=True)
    enabled = models.BooleanField(default=False)
    shortcode = models.CharField(max_length=7, blank=True, validators=[SHORTCODE])
    till = models.CharField(max_length=7, blank=True, validators=[SHORTCODE])
    consumer_key = models.CharField(max_length=100, blank=True)
    consumer_secret_encrypted = models.TextField(blank=True, editable=False)
    passkey_encrypted = models.TextField(blank=True, editable=False)
    base_url = models.CharField(max_length=200, blank=True)
    initiator = models.CharField(max_length=60, blank=True)
    credential_encrypted = models.TextField(blank=True, editable=False)
    pull_enabled = models.BooleanField(default=False)
    fee_bands = models.JSONField(default=list, blank=True)
    callback_token_encrypted = models.TextField(blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "M-Pesa"
        constraints = (models.CheckConstraint(condition=Q(id=1), name="payments_mpesa_one_row"),)

    def __str__(self) -> str:
        return "M-Pesa"

    @property
    def has_consumer_secret(self) -> bool:
        return bool(self.consumer_secret_encrypted)

    @property
    def has_passkey(self) -> bool:
        return bool(self.passkey_encrypted)

    @property
    def has_credential(self) -> bool:
        return bool(self.credential_encrypted)


class PaystackAccount(models.Model):
    """The tenant's account at Paystack; its secret key also signs the webhooks."""

    id = models.SmallAutoField(primary_key=True)
    enabled = models.BooleanField(default=False)
    secret_key_encrypted = models.TextField(blank=True, editable=False)
    base_url = models.CharField(max_length=200, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "Paystack"
        constraints = (models.CheckConstraint(condition=Q(id=1), name="payments_paystack_one_row"),)

    def __str__(self) -> str:
        return "Paystack"

    @property
    def has_secret_key(self) -> bool:
        return bool(self.secret_key_encrypted)
