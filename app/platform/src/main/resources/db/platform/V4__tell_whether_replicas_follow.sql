-- Only who may read all statistics sees how far replicas are, and with that every session's statements.
-- The schema's owner may; the service's login gets to know no more than this.
CREATE FUNCTION replicas_show(written pg_lsn) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$
    SELECT coalesce(bool_and(coalesce(replay_lsn >= written, false)), true)
    FROM pg_stat_replication
    WHERE state <> 'backup'
$$;
