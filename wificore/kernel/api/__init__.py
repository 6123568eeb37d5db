"""DRF plumbing shared by every app: one error shape, request ids, keyset paging, throttles."""
