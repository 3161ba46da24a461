-- A user as every answer shows it: a search copies thousands of them instead of building each anew. It begins with the
-- id, and no line ends within it (JSON escapes that): the service joins them by lines and finds the last id so.
-- Adding it writes the table anew, and nobody reads it meanwhile.
ALTER TABLE users ADD COLUMN as_json text NOT NULL GENERATED ALWAYS AS (
    -- Without null fields to strip it only takes out the blanks.
    json_strip_nulls(json_object(ARRAY[
        'id', id::text,
        'first_name', first_name,
        'second_name', second_name,
        -- Part by part: a cast to text would depend on DateStyle, and a generated column must not.
        'birthdate', lpad(extract(year FROM birthdate)::text, 4, '0') || '-'
            || lpad(extract(month FROM birthdate)::text, 2, '0') || '-'
            || lpad(extract(day FROM birthdate)::text, 2, '0'),
        'biography', biography,
        'city', city
    ]))::text
) STORED;
