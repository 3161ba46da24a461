-- The two users of a dialog are kept in one order, so that both find it by the same key.
CREATE TABLE messages (
    id         uuid PRIMARY KEY,
    low_user   uuid NOT NULL,
    high_user  uuid NOT NULL,
    from_low   boolean NOT NULL,
    text       varchar(10000) NOT NULL CHECK (text <> ''),
    sent_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (low_user < high_user)
);

-- A dialog's newest messages first.
CREATE INDEX messages_dialog ON messages (low_user, high_user, sent_at DESC, id DESC);
