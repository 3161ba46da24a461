-- The schema's default privileges opened Flyway's own table to the service's login as well:
-- who can write there can make a migration be skipped.
DO $$
DECLARE
    grantee text;
BEGIN
    FOR grantee IN
        SELECT DISTINCT acl.grantee::regrole::text
        FROM pg_class, aclexplode(relacl) AS acl
        WHERE oid = 'flyway_schema_history'::regclass AND acl.grantee NOT IN (0, relowner)
    LOOP
        EXECUTE format('REVOKE ALL ON flyway_schema_history FROM %s', grantee);
    END LOOP;
END
$$;
