-- Composes the posts that were stored before V7, as V8 does the users.
-- This is a migration, and so a transaction, of its own: after V8 has written, the live feed would wait for the search
-- of all posts as well.
DO $$
DECLARE
    found uuid[];
BEGIN
    SELECT array_agg(id) INTO found FROM posts WHERE text IS NOT NFC NORMALIZED;
    UPDATE posts SET text = text WHERE id = ANY (found);
END
$$;
