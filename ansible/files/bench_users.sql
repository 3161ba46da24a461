-- As many users as :users, drawn from core's own, in a schema of their own that core may read: :schema.
SET work_mem = '64MB';
SELECT ceil(:users::numeric / greatest(count(*), 1)) AS copies, count(*) = 0 AS nobody FROM :core.users \gset
\if :nobody
    \warn 'there are no users to draw from: ansible-playbook ansible/demo_data.yml'
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
-- As the demo users lie.
ORDER BY left(first_name, 1) COLLATE "C", left(second_name, 1) COLLATE "C", id;
GRANT USAGE ON SCHEMA :schema TO :login;
GRANT SELECT ON :schema.users TO :login;
VACUUM (ANALYZE) :schema.users;
SELECT pg_total_relation_size(:'schema' || '.users');
