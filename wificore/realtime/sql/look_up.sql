-- How the registry finds apps (registry.py), in the platform's context.

-- name: look_up
-- An app with its tenant's state and hosts: by its key, its id or its schema.
SELECT app.id::text, app.key, app.sealed_secrets, app.tenant, tenant.slug, tenant.state,
    ARRAY(SELECT domain.domain FROM {schema}.tenants_domain domain
          WHERE domain.tenant_id = tenant.id) AS hosts,
    app.enabled, app.blocked, app.max_connections, app.client_events, app.allowed_origins,
    app.webhook_url, app.webhook_events
FROM {schema}.realtime_app app
JOIN {schema}.tenants_tenant tenant ON tenant.schema_name = app.tenant
WHERE CASE %(by)s WHEN 'key' THEN app.key = %(value)s
    WHEN 'id' THEN app.id::text = %(value)s ELSE app.tenant = %(value)s END
