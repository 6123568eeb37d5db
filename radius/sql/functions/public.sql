-- Functions of the public schema: spellings of addresses, staging tables, spool checkpoints.

-- name: wc_mac
-- AA-BB-CC-DD-EE-FF for any usual spelling of a MAC, also in front of ':SSID' (RFC 3580 3.20);
-- anything else as it is. Inlined by the planner, so it pins no search path.
CREATE OR REPLACE FUNCTION {schema}.wc_mac(p_station text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE WHEN p_station ~ '^([0-9A-Fa-f]{2}[-:.]?){5}[0-9A-Fa-f]{2}(:.*)?$' THEN
    pg_catalog.regexp_replace(
        pg_catalog.left(pg_catalog.upper(
            pg_catalog.translate(pg_catalog.left(p_station, 17), ':-.', '')), 12),
        '(..)(..)(..)(..)(..)(..)', '\1-\2-\3-\4-\5-\6')
    ELSE p_station END
$$

-- name: wc_ssid
-- The network's name of a Called-Station-Id 'MAC:SSID', else NULL.
CREATE OR REPLACE FUNCTION {schema}.wc_ssid(p_station text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT pg_catalog.substring(p_station, '^(?:[0-9A-Fa-f]{2}[-:.]?){5}[0-9A-Fa-f]{2}:(.*)$')
$$

-- name: wc_stage_v1
-- Makes the session's staging tables and lets the caller fill them. They belong to the owner of
-- the functions, so the batch functions never read an object that the caller made: a view or
-- policy of the caller's would run with the owner's rights.
CREATE OR REPLACE FUNCTION {schema}.wc_stage_v1() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning AS $$
BEGIN
    CREATE TEMPORARY TABLE IF NOT EXISTS wc_accounting_stage (
        version smallint NOT NULL CHECK (version = 1),
        tenant text NOT NULL,
        received bigint,
        event bigint,
        nas inet NOT NULL,
        status text NOT NULL,
        session_id text,
        username text,
        calling text,
        called text,
        nas_identifier text,
        port_id text,
        port_type text,
        session_time bigint CHECK (session_time BETWEEN 0 AND 4294967295),
        octets_in bigint CHECK (octets_in BETWEEN 0 AND 4294967295),
        gigawords_in bigint CHECK (gigawords_in BETWEEN 0 AND 16777215),
        octets_out bigint CHECK (octets_out BETWEEN 0 AND 4294967295),
        gigawords_out bigint CHECK (gigawords_out BETWEEN 0 AND 16777215),
        cause text,
        framed_ip inet,
        framed_ipv6 inet,
        framed_ipv6_prefix inet,
        delegated_prefix inet,
        interface_id text,
        service_type text,
        framed_protocol text,
        authentic text,
        connect_info text,
        class text,
        CHECK (session_id IS NOT NULL OR status LIKE 'Accounting-O%')
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS wc_postauth_stage (
        version smallint NOT NULL CHECK (version = 1),
        tenant text NOT NULL,
        received bigint,
        nas inet,
        username text,
        reply text NOT NULL,
        reason text,
        calling text,
        called text,
        port_id text,
        nas_identifier text
    ) ON COMMIT DELETE ROWS;
    PERFORM {schema}.wc_stage_owned('pg_temp.wc_accounting_stage');
    PERFORM {schema}.wc_stage_owned('pg_temp.wc_postauth_stage');
    GRANT INSERT ON pg_temp.wc_accounting_stage, pg_temp.wc_postauth_stage TO SESSION_USER;
END
$$

-- name: wc_stage_owned
-- Refuses a staging table that the owner of the functions did not make.
CREATE OR REPLACE FUNCTION {schema}.wc_stage_owned(p_table text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM pg_class WHERE oid = p_table::regclass AND relkind = 'r'
        AND relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user);
    IF NOT FOUND THEN
        RAISE EXCEPTION '% is not ours: call public.wc_stage_v1() first', p_table
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$

-- name: wc_spool_positions_v1
-- How far each file of a spool has been applied, in octets.
CREATE OR REPLACE FUNCTION {schema}.wc_spool_positions_v1(p_spool text)
RETURNS TABLE (file text, "position" bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT c.file::text, c.position FROM {schema}.spool_checkpoint c WHERE c.spool = p_spool
$$

-- name: wc_spool_advance_v1
-- Moves a file's checkpoint from one offset to the next in the batch's own transaction. A second
-- ingester finds another offset than it expects and fails, so nothing is applied twice.
CREATE OR REPLACE FUNCTION {schema}.wc_spool_advance_v1(
    p_spool text, p_file text, p_from bigint, p_to bigint,
    p_watermark timestamptz, p_applied bigint, p_quarantined bigint
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_from = 0 THEN
        INSERT INTO {schema}.spool_checkpoint (spool, file, position)
        VALUES (p_spool, p_file, p_to)
        ON CONFLICT (spool, file) DO UPDATE SET position = p_to, updated_at = now()
            WHERE spool_checkpoint.position = 0;
    ELSE
        UPDATE {schema}.spool_checkpoint c SET position = p_to, updated_at = now()
        WHERE c.spool = p_spool AND c.file = p_file AND c.position = p_from;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION '% % is not at % any more: does a second ingester run?',
            p_spool, p_file, p_from USING ERRCODE = 'object_in_use';
    END IF;
    INSERT INTO {schema}.spool_state AS s (spool, watermark, applied, quarantined)
    VALUES (p_spool, coalesce(p_watermark, '-infinity'), p_applied, p_quarantined)
    ON CONFLICT (spool) DO UPDATE SET
        watermark = greatest(s.watermark, excluded.watermark),
        applied = s.applied + excluded.applied,
        quarantined = s.quarantined + excluded.quarantined;
END
$$

-- name: wc_spool_forget_v1
-- A file is finished and gone.
CREATE OR REPLACE FUNCTION {schema}.wc_spool_forget_v1(p_spool text, p_file text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DELETE FROM {schema}.spool_checkpoint c WHERE c.spool = p_spool AND c.file = p_file
$$

-- name: wc_spool_idle_v1
-- The spool is empty: everything received until now is applied.
CREATE OR REPLACE FUNCTION {schema}.wc_spool_idle_v1(p_spool text) RETURNS timestamptz
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
INSERT INTO {schema}.spool_state AS s (spool, watermark) VALUES (p_spool, now())
ON CONFLICT (spool) DO UPDATE SET watermark = greatest(s.watermark, excluded.watermark)
RETURNING watermark
$$
