"""Vouchers: codes on paper that let in whoever types one (RADIUS 5, ADR 41).

    VoucherBatch   one plan, one alphabet, so many codes
      | 1--n  Voucher    printed -> sold -> activated -> (expired)
                              any of them -> void

A code is stored encrypted, for printing it again, and as an HMAC under the tenant's key, for
finding it. What a login does with it is SQL: radius/sql/functions/vouchers.sql.
"""
