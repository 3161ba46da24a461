-- Directed: user_id reads what friend_id writes.
CREATE TABLE friendships (
    user_id   uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    friend_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (user_id, friend_id),
    CHECK (user_id <> friend_id)
);

-- From an author to those who read it: for the live feed.
CREATE INDEX friendships_readers ON friendships (friend_id, user_id);

CREATE TABLE posts (
    id           uuid PRIMARY KEY,
    author_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    text         varchar(10000) NOT NULL,
    -- Of the text that created it, keyed: tells a repeated request from another with the same
    -- Idempotency-Key, also when the post was updated or deleted since. Null: no request created it.
    first_digest bigint,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The transaction that wrote it. Below pg_snapshot_xmin() all are decided: who reads the posts up to
    -- there misses none that commits later.
    xid          xid8 NOT NULL DEFAULT pg_current_xact_id(),
    -- A deleted post stays, without its text, as its own trace: a repeated request must not create it again.
    deleted      boolean NOT NULL DEFAULT false,
    CHECK ((text = '') = deleted)
);

-- An author's newest posts first: a feed takes the head of each friend's.
CREATE INDEX posts_feed ON posts (author_id, created_at DESC, id DESC) WHERE NOT deleted;

-- In the order in which the live feed tells of them.
CREATE INDEX posts_live ON posts (xid, id);
