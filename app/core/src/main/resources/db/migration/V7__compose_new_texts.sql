-- Texts are stored composed (NFC) from now on. The service composes them itself, but a node of an older release runs
-- for some minutes more. A search would never find a name that such a node stores decomposed.
-- Some letters are longer when composed. Such a text is cut at its column's limit.
-- This is a migration of its own: creating a trigger locks out writers until the commit, and composing the rows takes long.
CREATE FUNCTION compose_user() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
BEGIN
    NEW.first_name := left(normalize(NEW.first_name, NFC), 100);
    NEW.second_name := left(normalize(NEW.second_name, NFC), 100);
    NEW.biography := left(normalize(NEW.biography, NFC), 10000);
    NEW.city := left(normalize(NEW.city, NFC), 100);
    RETURN NEW;
END
$$;

CREATE TRIGGER compose BEFORE INSERT OR UPDATE OF first_name, second_name, biography, city ON users
FOR EACH ROW WHEN (
    NEW.first_name IS NOT NFC NORMALIZED OR NEW.second_name IS NOT NFC NORMALIZED
    OR NEW.biography IS NOT NFC NORMALIZED OR NEW.city IS NOT NFC NORMALIZED
)
EXECUTE FUNCTION compose_user();

CREATE FUNCTION compose_post() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog
AS $$
BEGIN
    NEW.text := left(normalize(NEW.text, NFC), 10000);
    RETURN NEW;
END
$$;

CREATE TRIGGER compose BEFORE INSERT OR UPDATE OF text ON posts
FOR EACH ROW WHEN (NEW.text IS NOT NFC NORMALIZED)
EXECUTE FUNCTION compose_post();
