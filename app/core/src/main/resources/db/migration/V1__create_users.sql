-- Names sort and compare by code point ("C"), so that a prefix is a range of the index.
CREATE TABLE users (
    id            uuid PRIMARY KEY,
    first_name    varchar(100) COLLATE "C" NOT NULL CHECK (first_name <> ''),
    second_name   varchar(100) COLLATE "C" NOT NULL CHECK (second_name <> ''),
    birthdate     date NOT NULL,
    biography     varchar(10000) NOT NULL,
    city          varchar(100) NOT NULL CHECK (city <> ''),
    password_hash text -- null: this user can't sign in
);

-- Two initials lead to the few thousand users that share them, already in the answer's order;
-- longer prefixes are checked on the entries themselves, before any row is fetched.
CREATE INDEX users_search ON users (left(first_name, 1), left(second_name, 1), id, first_name, second_name);
