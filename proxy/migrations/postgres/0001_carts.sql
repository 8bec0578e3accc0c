-- One row for a cart: the newest state of its lead, a mark of what 2Checkout has of it, and when to tell it the rest.
-- Moments are milliseconds of the Unix epoch, by the clock of this database.
CREATE TABLE carts (
    cart            TEXT    NOT NULL PRIMARY KEY,
    key_hash        BYTEA   NOT NULL, -- SHA-256
    status          TEXT    NOT NULL, -- open, completed, withdrawn
    state           TEXT    NOT NULL, -- {path: {value, at}}; lists as JSON text
    lead_code       TEXT,
    adding_since    BIGINT,           -- an addLead may be under way, or its answer was lost
    adding_email    TEXT,
    version         BIGINT  NOT NULL, -- what 2Checkout has to be told
    delivered       BIGINT  NOT NULL, -- what it was told
    marked          BOOLEAN NOT NULL,
    renewed         BOOLEAN NOT NULL,
    parked          BOOLEAN NOT NULL,
    attempts        BIGINT  NOT NULL,
    next_attempt_at BIGINT,           -- null: nothing to deliver
    claims          BIGINT  NOT NULL, -- how often a delivery was claimed
    holder          TEXT,             -- who delivers it now; null: nobody
    order_reference TEXT,
    created_at      BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL
);

CREATE INDEX carts_waiting ON carts (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX carts_parked ON carts (parked) WHERE parked;
-- What is old: first what a shopper typed goes, later the tombstone.
CREATE INDEX carts_content ON carts (updated_at) WHERE state <> '{}';
CREATE INDEX carts_tombstones ON carts (updated_at) WHERE state = '{}';
