"""HTTP face of support sessions: opened on the platform's host, used and seen on the tenant's."""
