-- What kiosks' records come to. Rows are looked up by the kiosk's index in each partition.

-- name: touched
-- Kiosks with records that came since they were counted, and the first business day of those.
SELECT t.kiosk_id, min(t.business_day)
FROM {schema}.water_transactions t JOIN {schema}.water_kioskwatch w USING (kiosk_id)
WHERE t.received_on >= %(received_on)s AND t.received_at >= w.counted_to - %(margin)s::interval
GROUP BY t.kiosk_id ORDER BY t.kiosk_id

-- name: first_of_days
-- The first number among a kiosk's records of a business day or a later one.
SELECT t.epoch, t.seq FROM {schema}.water_transactions t
WHERE t.kiosk_id = %(kiosk)s AND t.business_day >= %(day)s AND t.received_on >= %(received_on)s
ORDER BY t.epoch, t.seq LIMIT 1

-- name: records
-- A kiosk's records from one number on, and the last one before it that the meter is known of.
(SELECT {columns} FROM {schema}.water_transactions t
 WHERE t.kiosk_id = %(kiosk)s AND (t.epoch, t.seq) < (%(epoch)s, %(seq)s)
   AND t.state <> 'quarantined' AND t.totalizer_ml IS NOT NULL AND t.received_on >= %(kept)s
 ORDER BY t.epoch DESC, t.seq DESC LIMIT 1)
UNION ALL
(SELECT {columns} FROM {schema}.water_transactions t
 WHERE t.kiosk_id = %(kiosk)s AND (t.epoch, t.seq) >= (%(epoch)s, %(seq)s)
   AND t.received_on >= %(kept)s
 ORDER BY t.epoch, t.seq)

-- name: two_places
-- New dispenses of a tag that another kiosk contradicts: nobody walks from one to the other in the
-- time between them. Both times must be what a trusted clock said.
SELECT DISTINCT ON (n.kiosk_id, n.tag_id) n.kiosk_id, tag.public_id, n.happened_at
FROM {schema}.water_transactions n
JOIN {schema}.water_transactions o ON o.wallet_id = n.wallet_id AND o.tag_id = n.tag_id
    AND o.kiosk_id <> n.kiosk_id
    AND n.happened_at - n.dur_ms * interval '1 ms' < o.happened_at + %(walk)s::interval
    AND o.happened_at - o.dur_ms * interval '1 ms' < n.happened_at + %(walk)s::interval
JOIN {schema}.water_tag tag ON tag.id = n.tag_id
WHERE n.received_on >= %(received_on)s AND n.received_at >= %(since)s
    AND o.received_on >= %(received_on)s - 4 AND o.received_at >= %(since)s - interval '4 days'
    AND n.ml > 0 AND o.ml > 0 AND n.state <> 'quarantined' AND o.state <> 'quarantined'
    AND n.flag_words NOT LIKE '%%time_estimated%%' AND o.flag_words NOT LIKE '%%time_estimated%%'
ORDER BY n.kiosk_id, n.tag_id, n.happened_at DESC
