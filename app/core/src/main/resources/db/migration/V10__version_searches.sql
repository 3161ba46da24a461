-- A version for each pair of initials. It changes in the same transaction as any user that a search for these initials
-- could find. So whoever sees the change of the user also sees the new version, on a replica too.
-- The version is made of random parts and is not a count. A failover can undo a change that a replica has already shown.
-- The same count could then stand for other data.
-- A pair has several rows if transactions change its users at the same time. Each of them renews a row of its own, so
-- none waits for the commit of another.
CREATE TABLE search_versions (
    first_initial  varchar(1) COLLATE "C" NOT NULL,
    second_initial varchar(1) COLLATE "C" NOT NULL,
    part           uuid NOT NULL DEFAULT gen_random_uuid()
) WITH (fillfactor = 50); -- the free half holds the rows' next versions, so that the index needs no new entries

CREATE INDEX search_versions_pair ON search_versions (first_initial, second_initial);

-- This row is a part of every version. A migration that changes what answers contain must renew it, because it may fire
-- no trigger:  UPDATE search_versions SET part = DEFAULT WHERE first_initial = '';
INSERT INTO search_versions (first_initial, second_initial) VALUES ('', '');

CREATE FUNCTION renew_search_version(first text, second text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
BEGIN
    UPDATE search_versions SET part = DEFAULT WHERE ctid = (
        SELECT ctid FROM search_versions WHERE first_initial = first AND second_initial = second
        LIMIT 1 FOR UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
        INSERT INTO search_versions (first_initial, second_initial) VALUES (first, second);
    END IF;
END
$$;

CREATE FUNCTION renew_search_versions() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT
AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        UPDATE search_versions SET part = DEFAULT WHERE first_initial = '';
    ELSIF TG_OP = 'UPDATE' THEN
        PERFORM renew_search_version(pair.first, pair.second) FROM (
            SELECT left(first_name, 1) AS first, left(second_name, 1) AS second FROM old_users
            UNION
            SELECT left(first_name, 1), left(second_name, 1) FROM new_users) AS pair;
    ELSE
        PERFORM renew_search_version(pair.first, pair.second) FROM (
            SELECT DISTINCT left(first_name, 1) AS first, left(second_name, 1) AS second FROM changed_users) AS pair;
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

-- Also for a session that replays changes (session_replication_role = replica).
ALTER TABLE users
    ENABLE ALWAYS TRIGGER renew_after_insert, ENABLE ALWAYS TRIGGER renew_after_delete,
    ENABLE ALWAYS TRIGGER renew_after_update, ENABLE ALWAYS TRIGGER renew_after_truncate;
