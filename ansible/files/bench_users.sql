-- Makes a table of :users users in the new schema :schema. core may read it. Its rows are copies of core's own users.
SET work_mem = '64MB';
SELECT ceil(:users::numeric / greatest(count(*), 1)) AS copies, count(*) = 0 AS nobody FROM :core.users \gset
\if :nobody
    \warn 'there are no users to copy. Load them first: ansible/demo_data.yml'
    SELECT 1 / 0;
\endif
DROP SCHEMA IF EXISTS :schema CASCADE;
CREATE SCHEMA :schema;
CREATE TABLE :schema.users (LIKE :core.users INCLUDING ALL);
INSERT INTO :schema.users (id, first_name, second_name, birthdate, biography, city)
SELECT id, first_name, second_name, birthdate, biography, city
FROM (
    SELECT md5(id::text || copy)::uuid AS id, first_name, second_name, birthdate, biography, city
    FROM :core.users, generate_series(1, :copies) AS copy
    ORDER BY 1
    LIMIT :users
) AS drawn
-- In the order in which the demo users are stored (demo_users.sql).
ORDER BY left(first_name, 1) COLLATE "C", left(second_name, 1) COLLATE "C", id;
GRANT USAGE ON SCHEMA :schema TO :login;
GRANT SELECT ON :schema.users TO :login;
VACUUM (ANALYZE) :schema.users;
SELECT pg_total_relation_size(:'schema' || '.users');
