-- Texts come composed (NFC) from now on; what is there already follows, so that a search finds it. Looked for first: the
-- live feed waits for a transaction only once that has written, and few rows are to be written as a rule.
-- Some letters are longer composed than they came: the columns' limits hold all the same.
DO $$
DECLARE
    found uuid[];
BEGIN
    SELECT array_agg(id) INTO found FROM users
    WHERE first_name IS NOT NFC NORMALIZED OR second_name IS NOT NFC NORMALIZED
        OR biography IS NOT NFC NORMALIZED OR city IS NOT NFC NORMALIZED;
    UPDATE users SET
        first_name = left(normalize(first_name, NFC), 100),
        second_name = left(normalize(second_name, NFC), 100),
        biography = left(normalize(biography, NFC), 10000),
        city = left(normalize(city, NFC), 100)
    WHERE id = ANY (found);
END
$$;

DO $$
DECLARE
    found uuid[];
BEGIN
    SELECT array_agg(id) INTO found FROM posts WHERE text IS NOT NFC NORMALIZED;
    UPDATE posts SET text = left(normalize(text, NFC), 10000) WHERE id = ANY (found);
END
$$;
