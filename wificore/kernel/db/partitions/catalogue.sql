-- What the catalogue shows of partitioned tables, for all schemas at once (TENANCY 6).

-- name: shown
-- One row per partition, and one per table without any; partitions that were detached follow by
-- the mark that they got before (a comment, `catalogue.mark`).
SELECT parent_space.nspname, parent.relname, child.relname,
       pg_get_expr(child.relpartbound, child.oid), inherits.inhdetachpending,
       obj_description(child.oid, 'pg_class')
FROM pg_class parent
JOIN pg_namespace parent_space ON parent_space.oid = parent.relnamespace
LEFT JOIN pg_inherits inherits ON inherits.inhparent = parent.oid
LEFT JOIN pg_class child ON child.oid = inherits.inhrelid
WHERE parent.relkind = 'p' AND NOT parent.relispartition
  AND parent.relname = ANY(%(tables)s) AND parent_space.nspname = ANY(%(schemas)s)
UNION ALL
SELECT space.nspname, NULL, relation.relname, NULL, NULL, mark.description
FROM pg_description mark
JOIN pg_class relation ON relation.oid = mark.objoid
JOIN pg_namespace space ON space.oid = relation.relnamespace
WHERE mark.classoid = 'pg_class'::regclass AND mark.objsubid = 0
  AND relation.relkind = 'r' AND NOT relation.relispartition
  AND mark.description LIKE 'wificore.partition %%' AND space.nspname = ANY(%(schemas)s)

-- name: one
-- State of one table: whether it is a partition, and whether it is being detached.
SELECT relation.relispartition, coalesce(inherits.inhdetachpending, false)
FROM pg_class relation
LEFT JOIN pg_inherits inherits ON inherits.inhrelid = relation.oid
WHERE relation.oid = to_regclass(format('%%I.%%I', %(schema)s, %(name)s))

-- name: attached
-- Which of these names are partitions of the table already.
SELECT child.relname FROM pg_inherits inherits
JOIN pg_class child ON child.oid = inherits.inhrelid
WHERE inherits.inhparent = to_regclass(format('%%I.%%I', %(schema)s, %(table)s)) AND child.relname = ANY(%(names)s)

-- name: columns
-- What COPY writes: every column but generated ones, with its type.
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = to_regclass(format('%%I.%%I', %(schema)s, %(name)s)) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum

-- name: guarded
-- Whether the table has row security, which its partitions do not inherit.
SELECT relrowsecurity FROM pg_class WHERE oid = to_regclass(format('%%I.%%I', %(schema)s, %(name)s))

-- name: relations
-- How many relations the database has: what makes DDL, dumps and planning slow.
SELECT count(*) FROM pg_class
