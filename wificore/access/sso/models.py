"""Sign-in providers of a tenant and the people they vouch for."""

from django.conf import settings
from django.core.validators import validate_slug
from django.db import models

OIDC = "oidc"
LDAP = "ldap"


class SignInProvider(models.Model):
    """An OpenID provider or an LDAP directory that this tenant trusts.

    Attributes:
        slug: part of the callback URL that is registered at an OpenID provider.
        config: what `config.OidcConfig` or `config.LdapConfig` read; never a secret.
        secret_encrypted: the client secret or the bind password, sealed by `kernel.crypto`.
        role_map: [{"group": "...", "role": "..."}]; a group's members have the role.
        create_users: whether people without a user here get one at their first sign-in.
        default_role: the role of such a user whose groups give none.
    """

    kind = models.CharField(max_length=8, choices=[(OIDC, "OpenID Connect"), (LDAP, "LDAP")])
    slug = models.CharField(max_length=40, unique=True, validators=[validate_slug])
    name = models.CharField(max_length=80)
    config = models.JSONField(default=dict, blank=True)
    secret_encrypted = models.TextField(blank=True, editable=False)
    active = models.BooleanField(default=True)
    role_map = models.JSONField(default=list, blank=True)
    create_users = models.BooleanField(default=False)
    default_role = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "access"
        verbose_name = "sign-in provider"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name

    @property
    def has_secret(self) -> bool:
        return bool(self.secret_encrypted)


class ProviderIdentity(models.Model):
    """One person at one provider.

    Attributes:
        subject: the provider's own, never reassigned name of the person: an OpenID `sub`, an
            LDAP entryUUID.
        roles_given: roles that the user has because of the provider's groups; what somebody gave
            by hand is not in it and never taken by a provider.
    """

    provider = models.ForeignKey(
        SignInProvider, on_delete=models.CASCADE, related_name="identities"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identities"
    )
    subject = models.CharField(max_length=255)
    roles_given = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "access"
        verbose_name_plural = "provider identities"
        constraints = (
            models.UniqueConstraint(
                fields=("provider", "subject"), name="access_identity_one_per_subject"
            ),
            # A second person with the same address is not the first one.
            models.UniqueConstraint(
                fields=("provider", "user"), name="access_identity_one_per_user"
            ),
        )

    def __str__(self) -> str:
        return self.subject
