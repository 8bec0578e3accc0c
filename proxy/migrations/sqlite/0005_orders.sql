-- Whoever reports an order names the cart's reference, its lead or its buyer. The buyer's address stands here as a keyed hash.
ALTER TABLE carts ADD COLUMN followups_stopped BOOLEAN NOT NULL DEFAULT FALSE; -- an order waits for its payment
ALTER TABLE carts ADD COLUMN quiet_since BIGINT; -- null: 2Checkout need not be asked before the next update
ALTER TABLE carts ADD COLUMN external_reference TEXT;
ALTER TABLE carts ADD COLUMN email_hash BLOB;

CREATE INDEX carts_external_reference ON carts (external_reference) WHERE external_reference IS NOT NULL;
CREATE INDEX carts_email_hash ON carts (email_hash) WHERE email_hash IS NOT NULL;
CREATE INDEX carts_lead_code ON carts (lead_code) WHERE lead_code IS NOT NULL;

-- When an order was reported first: a cart that began later is not of it, however often the report is repeated.
CREATE TABLE orders (
    reference   TEXT   NOT NULL PRIMARY KEY,
    reported_at BIGINT NOT NULL
);
CREATE INDEX orders_reported_at ON orders (reported_at);
