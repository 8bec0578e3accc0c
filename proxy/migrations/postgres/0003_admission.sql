-- Which carts may be leads: when the present address of one was admitted, and whether its delivery is withheld.
ALTER TABLE carts ADD COLUMN admitted_at BIGINT;
ALTER TABLE carts ADD COLUMN is_withheld BOOLEAN NOT NULL DEFAULT FALSE;
