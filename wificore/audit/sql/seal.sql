-- Reading the trail to seal and to verify it, and the chain itself.

-- name: row
-- Format 1: one row in text that depends on no version and no setting. Numbers are numbers, the
-- time is microseconds since 1970, an address is its text and its mask, JSON is jsonb's own text.
id, (extract(epoch FROM at) * 1000000)::bigint, actor_kind, actor_id, actor_name, actor_token,
host(address), masklen(address), user_agent, request_id, action, object_type, object_id,
old::text, new::text, reason

-- name: fresh
-- Rows that no seal covers, as one line a day: how many there are, which, and their hashes.
WITH known AS MATERIALIZED (
    SELECT coalesce(range_agg(ids), '{}'::int8multirange) AS ids FROM {schema}.audit_seal
    WHERE day >= (%(after)s::timestamptz AT TIME ZONE 'UTC')::date AND upto >= %(after)s
), fresh AS (
    SELECT id, at, sha256(convert_to(jsonb_build_array({row})::text, 'UTF8')) AS hash
    FROM {schema}.audit_entry
    WHERE at >= %(after)s AND at < %(upto)s AND NOT id <@ (SELECT ids FROM known)
    ORDER BY at, id LIMIT %(limit)s
)
SELECT (at AT TIME ZONE 'UTC')::date AS day, count(*) AS rows,
    count(*) FILTER (WHERE at < %(since)s) AS late, min(at) AS first_at, max(at) AS last_at,
    range_agg(int8range(id, id, '[]'))::text AS ids,
    string_agg(substr(hash, 1, 8), ''::bytea ORDER BY id, at) AS leaves,
    sha256(string_agg(hash, ''::bytea ORDER BY id, at)) AS digest
FROM fresh GROUP BY 1 ORDER BY 1

-- name: now
-- The clock that also dates the rows.
SELECT clock_timestamp()

-- name: seal_add
-- Nothing, if another process made this one meanwhile.
INSERT INTO {schema}.audit_seal (seq, format, made_at, since, upto, day, rows, late, first_at,
    last_at, ids, leaves, digest, previous, key_id, mac)
VALUES (%(seq)s, %(format)s, %(made_at)s, %(since)s, %(upto)s, %(day)s, %(rows)s, %(late)s,
    %(first_at)s, %(last_at)s, %(ids)s::int8multirange, %(leaves)s, %(digest)s, %(previous)s,
    %(key_id)s, %(mac)s)
ON CONFLICT DO NOTHING

-- name: seals
-- A stretch of the chain.
SELECT seq, format, made_at, since, upto, day, rows, late, first_at, last_at, ids::text AS ids,
    leaves, digest, previous, key_id, mac
FROM {schema}.audit_seal WHERE {where} LIMIT {limit}

-- name: days
-- Days that seals speak of, with the number of rows.
SELECT day, sum(rows)::bigint FROM {schema}.audit_seal WHERE day >= %s GROUP BY day

-- name: ends
-- When the rows that are there begin and end.
SELECT min(at), max(at) FROM {schema}.audit_entry WHERE at >= %s

-- name: rows
-- A page of rows of a day.
SELECT {row} FROM {schema}.audit_entry
WHERE at >= %(since)s AND at < %(until)s AND (at, id) > (%(at)s, %(id)s)
ORDER BY at, id LIMIT %(limit)s

-- name: head
-- What the platform knows of a chain.
SELECT seq, seal, upto, remade_at, key_id, mac FROM public.audit_head WHERE tenant = %s

-- name: head_put
-- The newer one stays.
INSERT INTO public.audit_head AS known (tenant, seq, seal, upto, remade_at, key_id, mac)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (tenant) DO UPDATE SET seq = excluded.seq, seal = excluded.seal, upto = excluded.upto,
    remade_at = excluded.remade_at, key_id = excluded.key_id, mac = excluded.mac
WHERE (known.seq, known.upto) < (excluded.seq, excluded.upto)

-- name: head_drop
-- A deleted tenant's.
DELETE FROM public.audit_head WHERE tenant = %s
