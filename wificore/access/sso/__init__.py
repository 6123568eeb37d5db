"""Single sign-on of one tenant: its own OpenID providers and LDAP directories.

    SignInProvider     where people of this tenant may prove who they are, and what groups mean
    ProviderIdentity   one person at one provider, and the roles that the provider gave
    network            where providers may be: the guard of `kernel.network`
    directory/         LDAP, by django-auth-ldap
    oidc/              OpenID Connect, by django-allauth

Both ways end in `services.provider_sign_in`: they prove an identity, it decides whose it is.
"""
