-- The key of voucher codes (ADR 41). No role has a right on it: the functions' owner alone reads it.

-- name: create_voucher_key
-- One row: the tenant's own key, as HMAC's two pads (RFC 2104), so that a look-up need not make them.
CREATE TABLE {schema}.radius_voucher_key (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL
)

-- name: make_voucher_key
-- 32 octets out of 244 random bits, filled up to SHA-256's block of 64; 54 and 92 are ipad and opad.
WITH made AS (
    SELECT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) AS key
), padded AS (
    SELECT place, CASE WHEN place < 32 THEN get_byte(key, place) ELSE 0 END AS octet
    FROM made, generate_series(0, 63) place
)
INSERT INTO {schema}.radius_voucher_key (inner_pad, outer_pad)
SELECT string_agg(set_byte('\x00'::bytea, 0, octet # 54), ''::bytea ORDER BY place),
    string_agg(set_byte('\x00'::bytea, 0, octet # 92), ''::bytea ORDER BY place)
FROM padded
