-- The ingester's door to records that a tenant's schema could not take (ADR 8).

-- name: wc_spool_tenants_v1
-- Schemas whose records are to be applied, now or later; those of any other are set apart.
CREATE OR REPLACE FUNCTION {schema}.wc_spool_tenants_v1() RETURNS TABLE (tenant text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT t.schema_name::text FROM {schema}.tenants_tenant t WHERE t.state <> 'deleting'
$$

-- name: wc_spool_held_v1
-- Tenants of this spool that are held back.
CREATE OR REPLACE FUNCTION {schema}.wc_spool_held_v1(p_spool text) RETURNS TABLE (tenant text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT h.tenant::text FROM {schema}.spool_held h WHERE h.spool = p_spool
$$

-- name: wc_spool_hold_v1
-- Keeps a tenant's lines of a batch, behind those that wait already. Call it before the batch's
-- checkpoint moves, in its transaction: the watermark of the spool is still that of what came
-- before. Returns how many lines there were.
CREATE OR REPLACE FUNCTION {schema}.wc_spool_hold_v1(
    p_spool text, p_tenant text, p_lines text, p_error text
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_count bigint;
BEGIN
    PERFORM FROM {schema}.wc_spool_tenants_v1() t WHERE t.tenant = p_tenant;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% is no tenant', p_tenant USING ERRCODE = 'undefined_object';
    END IF;
    INSERT INTO {schema}.spool_held_record (spool, tenant, line)
    SELECT p_spool, p_tenant, l.line
    FROM string_to_table(p_lines, E'\n') WITH ORDINALITY AS l(line, place) ORDER BY l.place;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    INSERT INTO {schema}.spool_held AS h (spool, tenant, watermark, records, error)
    VALUES (p_spool, p_tenant, coalesce(
        (SELECT s.watermark FROM {schema}.spool_state s WHERE s.spool = p_spool), '-infinity'),
        v_count, left(p_error, 500))
    ON CONFLICT (spool, tenant) DO UPDATE SET records = h.records + excluded.records;
    RETURN v_count;
END
$$

-- name: wc_spool_held_lines_v1
-- The oldest lines that a tenant has waiting: about p_octets of them, one at least.
CREATE OR REPLACE FUNCTION {schema}.wc_spool_held_lines_v1(
    p_spool text, p_tenant text, p_octets bigint
) RETURNS TABLE (id bigint, line text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT w.id, w.line FROM (
    SELECT r.id, r.line, sum(length(r.line) + 1) OVER (ORDER BY r.id) - length(r.line) AS first
    FROM (
        SELECT h.id, h.line FROM {schema}.spool_held_record h
        WHERE h.spool = p_spool AND h.tenant = p_tenant ORDER BY h.id LIMIT 100000
    ) r
) w WHERE w.first <= p_octets ORDER BY w.id
$$

-- name: wc_spool_release_v1
-- Forgets a tenant's oldest lines, up to p_last, in the transaction that applied them. A second
-- ingester finds other lines than it expects and fails, so nothing is applied twice. Returns how
-- many still wait.
CREATE OR REPLACE FUNCTION {schema}.wc_spool_release_v1(
    p_spool text, p_tenant text, p_last bigint, p_count bigint,
    p_watermark timestamptz, p_applied bigint, p_quarantined bigint
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_count bigint;
BEGIN
    DELETE FROM {schema}.spool_held_record r
    WHERE r.spool = p_spool AND r.tenant = p_tenant AND r.id <= p_last;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count <> p_count THEN
        RAISE EXCEPTION '% % has % lines up to %, not %: does a second ingester run?',
            p_spool, p_tenant, v_count, p_last, p_count USING ERRCODE = 'object_in_use';
    END IF;
    UPDATE {schema}.spool_state s SET applied = s.applied + p_applied,
        quarantined = s.quarantined + p_quarantined WHERE s.spool = p_spool;
    UPDATE {schema}.spool_held h SET records = h.records - p_count,
        watermark = greatest(h.watermark, p_watermark), tried_at = now()
    WHERE h.spool = p_spool AND h.tenant = p_tenant RETURNING h.records INTO v_count;
    IF v_count = 0 THEN
        DELETE FROM {schema}.spool_held h WHERE h.spool = p_spool AND h.tenant = p_tenant;
    END IF;
    RETURN v_count;
END
$$

-- name: wc_spool_retried_v1
-- Notes that another try failed, and why; returns how many lines wait.
CREATE OR REPLACE FUNCTION {schema}.wc_spool_retried_v1(
    p_spool text, p_tenant text, p_error text
) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
UPDATE {schema}.spool_held h
SET attempts = h.attempts + 1, tried_at = clock_timestamp(), error = left(p_error, 500)
WHERE h.spool = p_spool AND h.tenant = p_tenant RETURNING h.records
$$
