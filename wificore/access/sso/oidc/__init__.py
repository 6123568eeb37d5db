"""OpenID Connect of tenants, by django-allauth, stricter than it comes.

allauth keeps its providers in a table or the settings; here they are the current tenant's rows.
It trusts an ID token that came over TLS without its signature, and sends no nonce: here the
signature, issuer, audience, expiry and nonce are checked (OpenID Connect Core 3.1.3.7), always.
"""
