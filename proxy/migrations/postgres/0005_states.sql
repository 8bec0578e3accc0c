-- For operators: how many carts are in which state.
CREATE INDEX carts_states ON carts (status, is_withheld, parked, lead_code);
