-- The two users of a dialog are kept in one order, so that both find it by the same key.
CREATE TABLE messages (
    id        uuid PRIMARY KEY,
    low_user  uuid NOT NULL,
    high_user uuid NOT NULL,
    from_low  boolean NOT NULL,
    text      varchar(10000) NOT NULL CHECK (text <> ''),
    -- The primary's time, but always later than every message that the dialog had before: clocks are set,
    -- and the next primary's may be behind.
    sent_at   timestamptz NOT NULL,
    CHECK (low_user < high_user)
);

-- A dialog in its order; pages are read from its end, and go on where the last one stopped.
CREATE INDEX messages_dialog ON messages (low_user, high_user, sent_at, id);
