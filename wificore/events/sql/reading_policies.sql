-- Tenants read their own events, through the API's one query.

-- name: stream_tenant
-- How far its own stream has come; `tenant_rows` on the log is as old as the log.
CREATE POLICY tenant_rows ON {schema}.events_stream FOR SELECT TO wc_tenant
    USING (tenant = current_user)
