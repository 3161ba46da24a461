-- Of three letters or more each, two prefixes are found without a look at all who share the initials.
CREATE INDEX users_search_long ON users (left(first_name, 3), left(second_name, 3), id, first_name, second_name);
