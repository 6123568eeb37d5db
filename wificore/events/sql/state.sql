-- How the relay is, asked from outside of it.

-- name: relay_state
-- Age of the oldest event that has not gone out and how many have not, counted now, so that it is
-- true when no relay runs; how many ever went out; since when the relay is silent; what was set aside.
SELECT coalesce(greatest(extract(epoch FROM clock_timestamp() - min(waiting.since)), 0), 0),
    coalesce(sum(waiting.events), 0),
    coalesce((SELECT published FROM {schema}.events_relay), 0),
    (SELECT extract(epoch FROM clock_timestamp() - beat_at) FROM {schema}.events_relay),
    (SELECT count(*) FROM {schema}.events_undelivered)
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
