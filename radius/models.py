"""Plans and subscribers, and the tables that FreeRADIUS and the ingester work on.

Our own models are the truth; the standard rad* tables are their compiled form, written in the
same transaction (RADIUS 4). Those, the histories and the view are made by SQL, not by Django.
"""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from wificore.kernel.currency import own_currency

from .imports.models import Import, ImportRow  # noqa: F401  # Django finds models here
from .vouchers.models import Voucher, VoucherBatch  # noqa: F401  # the same

MAX_KBPS = 100_000_000
# RADIUS passwords: RFC 2865 5.2 allows 128 octets for PAP.
MAX_PASSWORD = 128
NO_LIMIT = "Empty: no limit."

printable = RegexValidator(
    r"\A[^\x00-\x1f\x7f]+\Z", "Use printable characters only, no control characters."
)


class Plan(models.Model):
    """What a subscriber buys: speed, session length, number of devices."""

    name = models.CharField(max_length=80, unique=True, validators=[printable])
    price_micro = models.PositiveBigIntegerField(
        default=0, help_text="Price in micro-units: 1 KES = 1,000,000."
    )
    currency = models.CharField(
        max_length=3,
        default=own_currency,
        validators=[RegexValidator(r"\A[A-Z]{3}\Z", "Use an ISO 4217 code, for example KES.")],
    )
    download_kbps = models.PositiveIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(MAX_KBPS)], help_text=NO_LIMIT
    )
    upload_kbps = models.PositiveIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(MAX_KBPS)], help_text=NO_LIMIT
    )
    session_timeout_s = models.PositiveIntegerField(
        null=True, blank=True, help_text="Longest session in seconds. Empty: no limit."
    )
    devices = models.PositiveSmallIntegerField(
        default=1, help_text="Devices online at once. 0: no limit."
    )
    validity_s = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(60)],
        help_text="How long one sale of it lasts, in seconds. Empty: it does not end.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name

    @property
    def group(self) -> str:
        """Its name in the standard group tables."""
        return f"plan-{self.pk}"


class SubscriberStatus(models.TextChoices):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Subscriber(models.Model):
    """A customer's account. Its password lives in radcheck, where FreeRADIUS needs it.

    Attributes:
        plan: None: none was bought yet (a customer with a wallet only), so no login is let in.
    """

    username = models.CharField(max_length=253, unique=True, validators=[printable])
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    plan = models.ForeignKey(
        Plan,
        on_delete=models.PROTECT,
        related_name="subscribers",
        null=True,
        blank=True,
        help_text="Empty: none yet, so no login.",
    )
    status = models.CharField(
        max_length=10, choices=SubscriberStatus.choices, default=SubscriberStatus.ACTIVE
    )
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: never.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.username


class NasState(models.Model):
    """When a router was heard last, and since when it is silent (services/watching.py).

    Attributes:
        nas_id: its key in the registry, which is in `public`.
        owes: somebody was online there without a Stop, so that news must come.
        silent_since: the last packet before the silence; None: it talks.
    """

    nas_id = models.BigIntegerField(primary_key=True)
    last_seen_at = models.DateTimeField()
    owes = models.BooleanField(default=False)
    silent_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "radius_nas_state"

    def __str__(self) -> str:
        return f"router {self.nas_id}"


class RadCheck(models.Model):
    """radcheck: one check item of a user."""

    username = models.TextField()
    attribute = models.TextField()
    op = models.CharField(max_length=2)
    value = models.TextField()

    class Meta:
        managed = False
        db_table = "radcheck"


class RadUserGroup(models.Model):
    """radusergroup: a user's group; the lower priority number wins."""

    username = models.TextField()
    groupname = models.TextField()
    priority = models.IntegerField()

    class Meta:
        managed = False
        db_table = "radusergroup"


class RadGroupCheck(models.Model):
    """radgroupcheck: one check item of a group."""

    groupname = models.TextField()
    attribute = models.TextField()
    op = models.CharField(max_length=2)
    value = models.TextField()

    class Meta:
        managed = False
        db_table = "radgroupcheck"


class RadGroupReply(models.Model):
    """radgroupreply: one reply item of a group."""

    groupname = models.TextField()
    attribute = models.TextField()
    op = models.CharField(max_length=2)
    value = models.TextField()

    class Meta:
        managed = False
        db_table = "radgroupreply"


class Session(models.Model):
    """The view `sessions`: open sessions and history, one row each (RADIUS 4)."""

    radacctid = models.BigIntegerField(primary_key=True)
    acctuniqueid = models.TextField()
    acctsessionid = models.TextField("session id")
    username = models.TextField(null=True)
    nasipaddress = models.GenericIPAddressField("router")
    acctstarttime = models.DateTimeField("started")
    acctupdatetime = models.DateTimeField("last news")
    acctstoptime = models.DateTimeField("ended", null=True)
    acctsessiontime = models.BigIntegerField()
    acctinputoctets = models.BigIntegerField()
    acctoutputoctets = models.BigIntegerField()
    calledstationid = models.TextField("access point", null=True)
    callingstationid = models.TextField("device", null=True)
    acctterminatecause = models.TextField("cause", null=True)
    framedipaddress = models.GenericIPAddressField("address", null=True)
    ssid = models.TextField("network", null=True)
    online = models.BooleanField()

    class Meta:
        managed = False
        db_table = "sessions"
        ordering = ("-acctstarttime", "-radacctid")

    def __str__(self) -> str:
        return f"{self.username} {self.acctsessionid}"


class Login(models.Model):
    """radpostauth: one login attempt and its answer; a password is never in it."""

    id = models.BigIntegerField(primary_key=True)
    username = models.TextField()
    reply = models.TextField()
    reason = models.TextField(null=True)
    callingstationid = models.TextField("device", null=True)
    calledstationid = models.TextField("access point", null=True)
    nasipaddress = models.GenericIPAddressField("router", null=True)
    authdate = models.DateTimeField("when")

    class Meta:
        managed = False
        db_table = "radpostauth"
        ordering = ("-authdate", "-id")

    def __str__(self) -> str:
        return f"{self.username} {self.reply}"
