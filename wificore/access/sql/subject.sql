-- name: subjects
-- What `decide` needs to know of these users, one row each: (id, rights as JSON).
-- Inactive departments lend neither sites nor positions; days are compared by the caller.
SELECT member.id, jsonb_build_object(
    'active', member.is_active,
    'zone', coalesce((SELECT zone FROM {schema}.access_settings), 'UTC'),
    'roles', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', role.name, 'built_in', role.built_in, 'codes', role.permissions)
            ORDER BY role.name), '[]')
        FROM {schema}.access_user_roles held
        JOIN {schema}.access_role role ON role.id = held.role_id
        WHERE held.user_id = member.id),
    'positions', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', position.id, 'title', position.title, 'grants', position.grants,
            'denials', position.denials, 'limits', position.limits, 'scope', position.scope,
            'starts_on', held.starts_on, 'ends_on', held.ends_on)
            ORDER BY position.id, held.id), '[]')
        FROM {schema}.access_assignment held
        JOIN {schema}.access_position position ON position.id = held.position_id
        JOIN {schema}.access_department department ON department.id = position.department_id
        WHERE held.user_id = member.id AND department.active),
    'sites', (
        SELECT coalesce(jsonb_agg(DISTINCT lent.site_id), '[]')
        FROM (
            SELECT site_id FROM {schema}.access_user_extra_sites WHERE user_id = member.id
            UNION ALL
            SELECT own.site_id FROM {schema}.access_department_sites own
            JOIN {schema}.access_department department ON department.id = own.department_id
            WHERE department.active AND (
                department.id = member.primary_department_id
                OR department.id IN (
                    SELECT extra.department_id FROM {schema}.access_extradepartment extra
                    WHERE extra.user_id = member.id))
        ) lent
        JOIN {schema}.access_site site ON site.id = lent.site_id AND site.active))
FROM {schema}.access_user member
WHERE member.id = ANY (%s)
