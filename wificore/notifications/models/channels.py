"""A tenant's own ways out: its mail server and its SMS account. One row each."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

MAX_PORT = 65_535
DAILY_LIMIT = 200
MOST_A_DAY = 100_000


class MailSecurity(models.TextChoices):
    STARTTLS = "starttls", "STARTTLS (usually port 587)"
    TLS = "tls", "TLS from the start (usually port 465)"
    NONE = "none", "None (private networks only)"


class MailSettings(models.Model):
    """The tenant's SMTP server; while it is not enabled, the platform's is used.

    Attributes:
        password_encrypted: sealed by `kernel.crypto`; never shown.
    """

    id = models.SmallAutoField(primary_key=True)
    enabled = models.BooleanField(default=False)
    host = models.CharField(max_length=253, blank=True)
    port = models.PositiveIntegerField(
        default=587, validators=[MinValueValidator(1), MaxValueValidator(MAX_PORT)]
    )
    security = models.CharField(
        max_length=8, choices=MailSecurity.choices, default=MailSecurity.STARTTLS
    )
    username = models.CharField(max_length=254, blank=True)
    password_encrypted = models.TextField(blank=True, editable=False)
    from_address = models.EmailField("from", max_length=254, blank=True)
    from_name = models.CharField(max_length=80, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "mail server"
        constraints = (
            models.CheckConstraint(condition=Q(id=1), name="notifications_mail_one_row"),
        )

    def __str__(self) -> str:
        return "Mail server"

    @property
    def has_password(self) -> bool:
        return bool(self.password_encrypted)


class SmsSettings(models.Model):
    """The tenant's account at an SMS provider.

    Attributes:
        provider: a name in `sms.providers.PROVIDERS`.
        base_url: another address of the provider's interface: its sandbox, a simulator.
        sender_id: the name or short code that people see; empty: the provider's.
        daily_limit: texts in one UTC day, so that a loop cannot burn money.
        report_digest: SHA-256 of the secret in the URL of delivery reports; empty: no reports.
    """

    id = models.SmallAutoField(primary_key=True)
    enabled = models.BooleanField(default=False)
    provider = models.CharField(max_length=20, default="africastalking")
    username = models.CharField(max_length=100, blank=True)
    api_key_encrypted = models.TextField(blank=True, editable=False)
    base_url = models.CharField(
        max_length=200, blank=True, help_text="Empty: the provider's own address."
    )
    sender_id = models.CharField(max_length=11, blank=True)
    daily_limit = models.PositiveIntegerField(
        default=DAILY_LIMIT, validators=[MaxValueValidator(MOST_A_DAY)]
    )
    report_digest = models.CharField(max_length=64, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "text messages"
        constraints = (models.CheckConstraint(condition=Q(id=1), name="notifications_sms_one_row"),)

    def __str__(self) -> str:
        return "Text messages"

    @property
    def has_api_key(self) -> bool:
        return bool(self.api_key_encrypted)


class SmsDay(models.Model):
    """How many texts left on a UTC day."""

    day = models.DateField(primary_key=True)
    sent = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day}: {self.sent}"
