-- What the relay says to the database.

-- name: lead
-- One relay works at a time, so that a stream has one order; the lock ends with the connection.
SELECT pg_try_advisory_lock(7302, 0)

-- name: move
-- Takes rows out of the outbox and into the log, numbered within their stream; one transaction, so
-- a crash leaves a row in exactly one of the two. SKIP LOCKED: what another transaction holds does
-- not stall the rest.
WITH claimed AS (
    DELETE FROM {schema}.events_outbox WHERE id = ANY (ARRAY(
        SELECT id FROM {schema}.events_outbox ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ))
    RETURNING *
), advanced AS (
    INSERT INTO {schema}.events_stream AS s (tenant, seq)
    SELECT tenant, count(*) FROM claimed GROUP BY tenant ORDER BY tenant
    ON CONFLICT (tenant) DO UPDATE SET seq = s.seq + excluded.seq
    RETURNING tenant, seq
), logged AS (
    INSERT INTO {schema}.events_log
        (tenant, seq, id, type, subject, payload, occurred_at, logged_at)
    SELECT c.tenant,
        a.seq - count(*) OVER (PARTITION BY c.tenant)
            + row_number() OVER (PARTITION BY c.tenant ORDER BY c.id),
        c.id, c.type, c.subject, c.payload, c.occurred_at, now()
    FROM claimed c JOIN advanced a ON a.tenant = c.tenant
    RETURNING 1
)
SELECT count(*) FROM logged

-- name: behind
-- Streams that have something to publish.
SELECT tenant, seq, published FROM {schema}.events_stream WHERE published < seq ORDER BY tenant

-- name: read
-- The next events of a stream; five days are more than the log is kept.
SELECT id, tenant, seq, type, subject, payload, occurred_at FROM {schema}.events_log
WHERE tenant = %(tenant)s AND seq > %(after)s AND logged_at > now() - interval '5 days'
ORDER BY seq LIMIT %(limit)s

-- name: mark
-- A stream is published up to here.
UPDATE {schema}.events_stream SET published = greatest(published, %(seq)s)
WHERE tenant = %(tenant)s

-- name: set_aside
-- A handler will not take this event.
INSERT INTO {schema}.events_undelivered (tenant, seq, event_id, type, handler, error)
VALUES (%(tenant)s, %(seq)s, %(id)s, %(type)s, %(handler)s, %(error)s)

-- name: beat
-- Writes how the relay is, and answers with it.
INSERT INTO {schema}.events_relay AS r (beat_at, lag_s, backlog, published, error)
SELECT clock_timestamp(),
    coalesce(greatest(extract(epoch FROM clock_timestamp() - min(waiting.since)), 0), 0),
    coalesce(sum(waiting.events), 0), %(published)s, %(error)s
FROM (
    SELECT min(occurred_at) AS since, count(*) AS events FROM {schema}.events_outbox
    UNION ALL
    SELECT next.occurred_at, s.seq - s.published
    FROM {schema}.events_stream s LEFT JOIN LATERAL (
        SELECT l.occurred_at FROM {schema}.events_log l
        WHERE l.tenant = s.tenant AND l.seq > s.published
            AND l.logged_at > now() - interval '5 days'
        ORDER BY l.seq LIMIT 1
    ) next ON true
    WHERE s.published < s.seq
) waiting
ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at, lag_s = excluded.lag_s,
    backlog = excluded.backlog, published = r.published + excluded.published,
    error = excluded.error
RETURNING lag_s, backlog
