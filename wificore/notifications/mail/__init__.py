"""E-mail: through the tenant's own server, or the platform's."""
