-- What is due: closed carts first, and those that were refused at a pace of their own.
CREATE INDEX carts_closings ON carts (next_attempt_at) WHERE next_attempt_at IS NOT NULL AND status <> 'open';
CREATE INDEX carts_refused ON carts (next_attempt_at) WHERE next_attempt_at IS NOT NULL AND parked;
-- What never became a lead goes sooner than a lead.
CREATE INDEX carts_never_led ON carts (updated_at) WHERE lead_code IS NULL;
