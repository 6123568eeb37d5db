-- What the API reads of a stream, with the rights of the stream's own schema.

-- name: last
-- The last number given out.
SELECT seq FROM {schema}.events_stream WHERE tenant = %(tenant)s

-- name: published
-- The last number that was sent on.
SELECT published FROM {schema}.events_stream WHERE tenant = %(tenant)s

-- name: window
-- Events of these types with numbers in (after, upto], in order; five days are more than the log
-- is kept.
SELECT id, tenant, seq, type, subject, payload, occurred_at FROM {schema}.events_log
WHERE tenant = %(tenant)s AND seq > %(after)s AND seq <= %(upto)s AND type = ANY (%(types)s)
    AND logged_at > now() - interval '5 days'
ORDER BY seq LIMIT %(limit)s

-- name: oldest
-- The lowest number that is kept.
SELECT seq FROM {schema}.events_log
WHERE tenant = %(tenant)s AND logged_at > now() - interval '5 days' ORDER BY seq LIMIT 1
