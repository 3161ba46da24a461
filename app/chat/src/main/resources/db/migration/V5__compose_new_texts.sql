-- Texts are stored composed (NFC) from now on. The service composes them itself, but a node of an older release runs
-- for some minutes more, and a repeated request would differ from a text that such a node stored decomposed.
-- Some letters are longer when composed. Such a text is cut at the column's limit.
-- This is a migration of its own: creating a trigger locks out writers until the commit, and composing the rows takes long.
CREATE FUNCTION compose_message() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
BEGIN
    NEW.text := left(normalize(NEW.text, NFC), 10000);
    RETURN NEW;
END
$$;

CREATE TRIGGER compose BEFORE INSERT OR UPDATE OF text ON messages
FOR EACH ROW WHEN (NEW.text IS NOT NFC NORMALIZED)
EXECUTE FUNCTION compose_message();
