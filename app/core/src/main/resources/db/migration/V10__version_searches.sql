-- A version for each pair of initials. It changes in the same transaction as any user that a search for these initials
-- could find. So whoever sees the change of the user also sees the new version, on a replica too.
-- The version is random and not a count. A failover can undo a change that a replica has already shown. A count could
-- then have the same value for other users.
CREATE TABLE search_versions (
    first_initial  varchar(1) COLLATE "C" NOT NULL,
    second_initial varchar(1) COLLATE "C" NOT NULL,
    version        uuid NOT NULL DEFAULT gen_random_uuid(),
    PRIMARY KEY (first_initial, second_initial)
) WITH (fillfactor = 50); -- the free half holds a row's next versions, so that the index needs no new entries

-- This is the version of all pairs that have no row yet: nobody with these initials has changed since this migration.
INSERT INTO search_versions (first_initial, second_initial) VALUES ('', '');

-- One statement renews each pair once, and all pairs in the same order. Otherwise two statements could wait for each other.
CREATE FUNCTION renew_search_versions() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        UPDATE search_versions SET version = DEFAULT;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO search_versions (first_initial, second_initial)
        SELECT left(first_name, 1), left(second_name, 1) FROM old_users
        UNION
        SELECT left(first_name, 1), left(second_name, 1) FROM new_users
        ORDER BY 1, 2
        ON CONFLICT (first_initial, second_initial) DO UPDATE SET version = DEFAULT;
    ELSE
        INSERT INTO search_versions (first_initial, second_initial)
        SELECT DISTINCT left(first_name, 1), left(second_name, 1) FROM changed_users
        ORDER BY 1, 2
        ON CONFLICT (first_initial, second_initial) DO UPDATE SET version = DEFAULT;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER renew_after_insert AFTER INSERT ON users REFERENCING NEW TABLE AS changed_users
FOR EACH STATEMENT EXECUTE FUNCTION renew_search_versions();
CREATE TRIGGER renew_after_delete AFTER DELETE ON users REFERENCING OLD TABLE AS changed_users
FOR EACH STATEMENT EXECUTE FUNCTION renew_search_versions();
CREATE TRIGGER renew_after_update AFTER UPDATE ON users REFERENCING OLD TABLE AS old_users NEW TABLE AS new_users
FOR EACH STATEMENT EXECUTE FUNCTION renew_search_versions();
CREATE TRIGGER renew_after_truncate AFTER TRUNCATE ON users
FOR EACH STATEMENT EXECUTE FUNCTION renew_search_versions();
