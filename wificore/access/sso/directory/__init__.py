"""LDAP directories of tenants, by django-auth-ldap with settings of one provider at a time.

Only `backend` and `probe` import python-ldap, a library that is built from C: without it
everything else works, and passwords of WifiCore's own.
"""
