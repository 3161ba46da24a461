-- Writes :posts posts. Their authors are 5,000 of the demo users, in turn. Every row depends only on the post's number.
-- So a second call with the same :posts adds none, and a larger :posts only adds the missing ones. The posts get a
-- transaction id of long ago ('3'), so that the live feed doesn't look at them.
CREATE FUNCTION pg_temp.post_id(number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN overlay(overlay(md5('bench post ' || number) PLACING '8' FROM 13 FOR 1) PLACING 'a' FROM 17 FOR 1)::uuid;

CREATE TEMP TABLE people AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS place
FROM users WHERE password_hash IS NULL ORDER BY id LIMIT 5002;
CREATE UNIQUE INDEX ON people (place);
ANALYZE people;

DO $$ BEGIN
    IF (SELECT count(*) FROM people) < 5002 THEN
        RAISE EXCEPTION 'there are too few demo users: load them first (ansible/demo_data.yml)';
    END IF;
END $$;

-- All posts are loaded in one transaction: if the last one is there, all are.
SELECT EXISTS (SELECT FROM posts WHERE id = pg_temp.post_id(:posts)) AS loaded \gset
\if :loaded
    \echo posts added: 0
\else
    BEGIN;
    INSERT INTO posts (id, author_id, text, created_at, xid)
    SELECT pg_temp.post_id(number), people.id, 'Post ' || number || ': ' || repeat(md5(number::text), 4),
        timestamptz '2020-01-01 00:00:00Z' + number * interval '10 seconds', '3'
    FROM generate_series(1, :posts) AS number JOIN people ON place = number % 5000
    ORDER BY number
    ON CONFLICT (id) DO NOTHING;
    \echo posts added: :ROW_COUNT
    COMMIT;
    VACUUM (ANALYZE) posts;
\endif

-- Two readers who never sign in. One has 500 authors as friends, the other 5,000.
INSERT INTO friendships
SELECT reader.id, author.id FROM people AS reader JOIN people AS author
    ON reader.place = 5000 AND author.place < 500 OR reader.place = 5001 AND author.place < 5000
ON CONFLICT DO NOTHING;
ANALYZE friendships;

SELECT 'posts ' || count(*) FROM posts;
SELECT 'author ' || id FROM people WHERE place < 5000 ORDER BY place;
SELECT 'reader ' || id FROM people WHERE place >= 5000 ORDER BY place;
