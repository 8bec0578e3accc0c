-- What is old: first what a shopper typed goes, later the tombstone.
CREATE INDEX carts_content ON carts (updated_at) WHERE state <> '{}';
CREATE INDEX carts_tombstones ON carts (updated_at) WHERE state = '{}';
