-- What the shopper agreed to; outlives what was typed, as the proof of it.
ALTER TABLE carts ADD COLUMN consent TEXT; -- {mode, at, text, language}
-- What a browser calls its lead, where this store does not know the cart: 2Checkout is asked whether it is this cart's.
ALTER TABLE carts ADD COLUMN proposed_lead_code TEXT;
-- What was typed is erased here, and 2Checkout has it: it is read back before the next update.
ALTER TABLE carts ADD COLUMN needs_read_back BOOLEAN NOT NULL DEFAULT FALSE;

-- What became of the leads, hour by hour.
CREATE TABLE history (
    hour   BIGINT NOT NULL, -- hours of the Unix epoch
    event  TEXT   NOT NULL,
    count  BIGINT NOT NULL,
    PRIMARY KEY (hour, event)
);
