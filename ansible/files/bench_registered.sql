-- Undoes what the benchmarks `search` and `registrations` leave in the table of users. Prints what it has done.

SELECT count(*) > 0 AS switched FROM pg_trigger
WHERE tgrelid = 'users'::regclass AND tgname LIKE 'renew\_after\_%' AND tgenabled <> 'A' \gset
-- The programs in bench/ register their users in these cities. After a benchmark the table must be as large as before.
SELECT count(*) AS users, count(*) > 0 AS registered FROM users
WHERE city IN ('Bench search', 'Bench registrations') \gset

\if :switched
    ALTER TABLE users
        ENABLE ALWAYS TRIGGER renew_after_insert, ENABLE ALWAYS TRIGGER renew_after_delete,
        ENABLE ALWAYS TRIGGER renew_after_update, ENABLE ALWAYS TRIGGER renew_after_truncate;
    -- The ETag of a search contains a version. A registration must renew it, but renewed none while the triggers were
    -- disabled. So all versions are renewed now. Otherwise nginx would go on giving answers that lack the new users.
    UPDATE search_versions SET part = DEFAULT WHERE first_initial = '';
    \echo triggers enabled
\endif

\if :registered
    BEGIN;
    -- These users have no posts and no friends, so the foreign keys needn't be checked. Each check would read all posts.
    SET LOCAL session_replication_role = replica;
    DELETE FROM users WHERE city IN ('Bench search', 'Bench registrations');
    COMMIT;
    VACUUM (ANALYZE) users;
    \echo users removed: :users
\endif
