-- Daily partitions, made ahead of time by the ingester (TENANCY 6).

-- name: wc_partition_day
-- One day's partition of one table, made beside it and attached: PARTITION OF would lock the
-- parent against readers. A partition carries no right of its own (TENANCY 1, L12).
CREATE OR REPLACE FUNCTION {schema}.wc_partition_day(p_table text, p_key text, p_day date)
RETURNS boolean
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_name text := p_table || '_p' || to_char(p_day, 'YYYYMMDD');
    v_from text := to_char(p_day, 'YYYY-MM-DD') || ' 00:00:00+00';
    v_to text := to_char(p_day + 1, 'YYYY-MM-DD') || ' 00:00:00+00';
    v_schema text := {schema_literal};
BEGIN
    PERFORM FROM pg_inherits i WHERE i.inhrelid = to_regclass(format('%I.%I', v_schema, v_name));
    IF FOUND THEN
        RETURN false;
    END IF;
    -- A tenant may have weeks or months: then the day is in one that begins earlier.
    PERFORM FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid,
        regexp_match(pg_get_expr(c.relpartbound, c.oid),
            $re$FROM \('([^']+)'\) TO \('([^']+)'\)$re$) bound
        WHERE i.inhparent = to_regclass(format('%I.%I', v_schema, p_table))
            AND bound[1]::timestamptz < v_to::timestamptz
            AND bound[2]::timestamptz > v_from::timestamptz;
    IF FOUND THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I.%I (LIKE %I.%I INCLUDING ALL '
        'EXCLUDING IDENTITY, CONSTRAINT %I CHECK (%I >= %L AND %I < %L))',
        v_schema, v_name, v_schema, p_table, v_name || '_day', p_key, v_from, p_key, v_to);
    EXECUTE format('ALTER TABLE %I.%I ATTACH PARTITION %I.%I FOR VALUES FROM (%L) TO (%L)',
        v_schema, p_table, v_schema, v_name, v_from, v_to);
    EXECUTE format('ALTER TABLE %I.%I DROP CONSTRAINT IF EXISTS %I',
        v_schema, v_name, v_name || '_day');
    RETURN true;
END
$$

-- name: wc_partitions_ahead_v1
-- Makes the missing daily partitions of p_days days from p_from on; returns how many it made.
-- Call it in a transaction of its own, never in a batch's.
CREATE OR REPLACE FUNCTION {schema}.wc_partitions_ahead_v1(p_from date, p_days integer)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp
SET lock_timeout = '2s' SET client_min_messages = warning AS $$
DECLARE
    v_made integer := 0;
    v_day date;
BEGIN
    IF p_days NOT BETWEEN 0 AND 400 OR p_from NOT BETWEEN '2000-01-01' AND '2199-12-31' THEN
        RAISE EXCEPTION 'partitions of % days from % on: at most 400 days, years 2000 to 2199',
            p_days, p_from USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended({schema_literal} || '.partitions', 0));
    FOR v_day IN SELECT p_from + i FROM generate_series(0, p_days - 1) i LOOP
        v_made := v_made + {schema}.wc_partition_day('radacct', 'acctstoptime', v_day)::integer
            + {schema}.wc_partition_day('radpostauth', 'authdate', v_day)::integer;
    END LOOP;
    RETURN v_made;
END
$$
