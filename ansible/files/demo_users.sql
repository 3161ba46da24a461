-- Makes the demo users 1 to :users. Every value depends on :seed and the user's number alone. So the same numbers make
-- the same rows, a second call adds none, and a larger :users only adds the missing ones.
CREATE FUNCTION pg_temp.demo_id(seed bigint, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN overlay(overlay(md5(seed::text || ':' || number::text) PLACING '8' FROM 13 FOR 1) PLACING 'a' FROM 17 FOR 1)::uuid;

-- Reads six hex digits as a number of at least 0 and below 1.
CREATE FUNCTION pg_temp.share(digits text, place int) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN ('x' || substr(digits, 6 * place + 1, 6))::bit(24)::int / 16777216.0::float8;

-- All users are loaded in one transaction: if the last one is there, all are.
SELECT EXISTS (SELECT FROM users WHERE id = pg_temp.demo_id(:seed, :users)) AS loaded \gset
\if :loaded
    \echo demo users added: 0
    \quit
\endif

BEGIN;
SET LOCAL work_mem = '64MB';
WITH
-- For each kind: its words, and for each word where its share of [0, 1) begins.
choices AS MATERIALIZED (
    SELECT kind, array_agg(word ORDER BY place) AS words, array_agg(start ORDER BY place) AS starts,
        array_agg(CASE
            WHEN kind <> 'surname' THEN word
            WHEN word ~ '(ов|ев|ёв|ин|ын)$' THEN word || 'а'
            WHEN word ~ '(ский|цкий|ской|цкой)$' THEN left(word, -2) || 'ая'
            WHEN word ~ '(ый|ой)$' THEN left(word, -2) || 'ая'
            ELSE word
        END ORDER BY place) AS feminine
    FROM (
        SELECT kind, word, row_number() OVER preceding AS place,
            (sum(weight) OVER preceding - weight) / sum(weight) OVER (PARTITION BY kind) AS start
        FROM (SELECT kind, word, sum(weight) AS weight FROM demo_words GROUP BY kind, word) AS distinct_words
        WINDOW preceding AS (PARTITION BY kind ORDER BY word COLLATE "C")
    ) AS placed
    GROUP BY kind
),
male AS MATERIALIZED (SELECT * FROM choices WHERE kind = 'male'),
female AS MATERIALIZED (SELECT * FROM choices WHERE kind = 'female'),
surname AS MATERIALIZED (SELECT * FROM choices WHERE kind = 'surname'),
city AS MATERIALIZED (SELECT * FROM choices WHERE kind = 'city'),
trade AS MATERIALIZED (SELECT * FROM choices WHERE kind = 'trade'),
hobby AS MATERIALIZED (SELECT * FROM choices WHERE kind = 'hobby'),
-- OFFSET 0 makes the planner compute each hash once. Without it, each use would compute the hash again.
drawn AS (
    SELECT pg_temp.demo_id(:seed, number) AS id, md5(:seed || ':values:' || number::text) AS digits,
        md5(:seed || ':birth:' || number::text) AS birth_digits
    FROM generate_series(1, :users) AS number
    OFFSET 0
),
people AS (
    SELECT id, digits, birth_digits, pg_temp.share(birth_digits, 2) < 0.47 AS is_male,
        width_bucket(pg_temp.share(digits, 1), surname.starts) AS surname_place
    FROM drawn, surname
    OFFSET 0
),
described AS (
    SELECT id,
        CASE WHEN is_male THEN male.words[width_bucket(pg_temp.share(digits, 0), male.starts)]
            ELSE female.words[width_bucket(pg_temp.share(digits, 0), female.starts)] END AS first_name,
        CASE WHEN is_male THEN surname.words[surname_place] ELSE surname.feminine[surname_place] END AS second_name,
        -- The mean of two draws between 1945 and 2010, so that few users are very young or very old.
        date '1945-01-01' + (23740 * (pg_temp.share(birth_digits, 0) + pg_temp.share(birth_digits, 1)) / 2)::int AS birthdate,
        trade.words[width_bucket(pg_temp.share(digits, 3), trade.starts)] || ', '
            || hobby.words[width_bucket(pg_temp.share(digits, 4), hobby.starts)] AS biography,
        city.words[width_bucket(pg_temp.share(digits, 2), city.starts)] AS city
    FROM people, male, female, surname, city, trade, hobby
    OFFSET 0
)
INSERT INTO users (id, first_name, second_name, birthdate, biography, city)
SELECT id, first_name, second_name, birthdate, biography, city FROM described
-- In the order of the index that searches use. So the rows that one search finds are stored side by side.
ORDER BY left(first_name, 1) COLLATE "C", left(second_name, 1) COLLATE "C", id
ON CONFLICT (id) DO NOTHING;
\echo demo users added: :ROW_COUNT
COMMIT;

VACUUM (ANALYZE) users;
