-- A delivery is claimed before it is made: by whom, and the how-manieth claim of this cart it is.
ALTER TABLE carts ADD COLUMN claims BIGINT NOT NULL DEFAULT 0;
ALTER TABLE carts ADD COLUMN holder TEXT; -- null: nobody delivers it
