-- A version for each pair of initials, made of random parts. The transaction that changes a user of the pair also renews
-- a part. So whoever sees the change of the user also sees the new version, on a replica too. The parts are no counts. A failover can undo a change that a replica has already shown, and the same count could then stand for other data.
-- A pair has several rows if transactions change its users at the same time. Each of them renews a row of its own, so
-- none waits for the commit of another.
CREATE TABLE search_versions (
    first_initial  varchar(1) COLLATE "C" NOT NULL,
    second_initial varchar(1) COLLATE "C" NOT NULL,
    part           uuid NOT NULL DEFAULT gen_random_uuid()
) WITH (fillfactor = 50); -- room for updated rows on the same page, so that the index needs no new entries

CREATE INDEX search_versions_pair ON search_versions (first_initial, second_initial);

-- This row is a part of every version. A migration that changes answers must renew this row, because migrations may fire no trigger:  UPDATE search_versions SET part = DEFAULT WHERE first_initial = '';
INSERT INTO search_versions (first_initial, second_initial) VALUES ('', '');

CREATE FUNCTION refuse_to_remove_versions() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'rows of search_versions must stay: without one of them, an older version would come back'
        USING HINT = 'This makes every version new: UPDATE search_versions SET part = DEFAULT';
END
$$;

CREATE TRIGGER rows_stay BEFORE DELETE OR TRUNCATE ON search_versions
FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_remove_versions();

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

-- They also fire in a session that replays changes (session_replication_role = replica).
ALTER TABLE users
    ENABLE ALWAYS TRIGGER renew_after_insert, ENABLE ALWAYS TRIGGER renew_after_delete,
    ENABLE ALWAYS TRIGGER renew_after_update, ENABLE ALWAYS TRIGGER renew_after_truncate;
