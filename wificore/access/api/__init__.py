"""HTTP face of access: authentication, permission codes, tokens and /me/."""
