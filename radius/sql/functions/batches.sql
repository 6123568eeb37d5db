-- A batch of many tenants in one call (ADR 24).
--
--     staging table -> wc_*_staged_v1   read once: each tenant's lines as an array
--                   -> wc_*_apply_v1    each tenant's own batch function, with the caller's rights
--
-- Measured at 200 tenants with few lines each: a call of its own per tenant, each reading the staging
-- table, cost three times as much processor time and five times as long.

-- name: wc_accounting_staged_v1
-- The lines of the accounting staging table by tenant, each tenant's in order.
CREATE OR REPLACE FUNCTION {schema}.wc_accounting_staged_v1()
RETURNS TABLE (tenant text, lines {schema}.wc_accounting_line[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM {schema}.wc_stage_owned('pg_temp.wc_accounting_stage');
    RETURN QUERY SELECT s.tenant, array_agg(ROW(
        s.received, s.event, s.nas, s.status, s.session_id, s.username, s.calling, s.called,
        s.nas_identifier, s.port_id, s.port_type, s.session_time, s.octets_in, s.gigawords_in,
        s.octets_out, s.gigawords_out, s.cause, s.framed_ip, s.framed_ipv6, s.framed_ipv6_prefix,
        s.delegated_prefix, s.interface_id, s.service_type, s.framed_protocol, s.authentic,
        s.connect_info, s.class)::{schema}.wc_accounting_line ORDER BY s.ctid)
    FROM pg_temp.wc_accounting_stage s GROUP BY s.tenant;
END
$$

-- name: wc_postauth_staged_v1
-- The lines of the login staging table by tenant, each tenant's in order.
CREATE OR REPLACE FUNCTION {schema}.wc_postauth_staged_v1()
RETURNS TABLE (tenant text, lines {schema}.wc_postauth_line[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM {schema}.wc_stage_owned('pg_temp.wc_postauth_stage');
    RETURN QUERY SELECT s.tenant, array_agg(ROW(
        s.received, s.nas, s.username, s.reply, s.reason, s.calling, s.called, s.port_id,
        s.nas_identifier)::{schema}.wc_postauth_line ORDER BY s.ctid)
    FROM pg_temp.wc_postauth_stage s GROUP BY s.tenant;
END
$$

-- name: wc_accounting_apply_v1
-- Applies the staged accounting lines of these tenants by their own functions, with the caller's
-- rights on each. An error names its tenant as `schema`.
CREATE OR REPLACE FUNCTION {schema}.wc_accounting_apply_v1(p_tenants text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_tenant text := '';
    v_lines {schema}.wc_accounting_line[];
    v_state text;
    v_message text;
    v_detail text;
BEGIN
    FOR v_tenant, v_lines IN SELECT s.tenant, s.lines FROM {schema}.wc_accounting_staged_v1() s
        WHERE s.tenant = ANY (p_tenants)
    LOOP
        EXECUTE format('SELECT %I.wc_accounting_batch_v2($1)', v_tenant) USING v_lines;
    END LOOP;
EXCEPTION WHEN OTHERS OR query_canceled OR assert_failure THEN
    GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
        v_detail = PG_EXCEPTION_DETAIL;
    RAISE EXCEPTION USING ERRCODE = v_state, MESSAGE = v_message, DETAIL = v_detail,
        SCHEMA = coalesce(v_tenant, '');
END
$$

-- name: wc_postauth_apply_v1
-- The same for staged logins. (PL/pgSQL keeps one type for each parameter, so not in one function.)
CREATE OR REPLACE FUNCTION {schema}.wc_postauth_apply_v1(p_tenants text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_tenant text := '';
    v_lines {schema}.wc_postauth_line[];
    v_state text;
    v_message text;
    v_detail text;
BEGIN
    FOR v_tenant, v_lines IN SELECT s.tenant, s.lines FROM {schema}.wc_postauth_staged_v1() s
        WHERE s.tenant = ANY (p_tenants)
    LOOP
        EXECUTE format('SELECT %I.wc_postauth_batch_v2($1)', v_tenant) USING v_lines;
    END LOOP;
EXCEPTION WHEN OTHERS OR query_canceled OR assert_failure THEN
    GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_message = MESSAGE_TEXT,
        v_detail = PG_EXCEPTION_DETAIL;
    RAISE EXCEPTION USING ERRCODE = v_state, MESSAGE = v_message, DETAIL = v_detail,
        SCHEMA = coalesce(v_tenant, '');
END
$$
