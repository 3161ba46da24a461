-- Composes the users that were stored before V7, so that a search finds them. The triggers of V7 do the work.
-- The rows are searched for first: the live feed waits for a transaction only once that has written, and few rows
-- need it as a rule.
DO $$
DECLARE
    found uuid[];
BEGIN
    SELECT array_agg(id) INTO found FROM users
    WHERE first_name IS NOT NFC NORMALIZED OR second_name IS NOT NFC NORMALIZED
        OR biography IS NOT NFC NORMALIZED OR city IS NOT NFC NORMALIZED;
    UPDATE users SET first_name = first_name WHERE id = ANY (found);
END
$$;
