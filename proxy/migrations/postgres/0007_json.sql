-- A cart is one JSON text; beside it stands what is looked for, and nothing else.
CREATE TABLE carts_as_json (
    cart               TEXT     NOT NULL CONSTRAINT carts_as_json_pkey PRIMARY KEY,
    revision           BIGINT   NOT NULL, -- counts the writes of the row
    data               TEXT     NOT NULL, -- the cart
    stage              TEXT     NOT NULL, -- open, collecting, refused, withheld, completed, withdrawn
    queue              SMALLINT,          -- 0 closed, 1 open, 2 refused, 3 given up; null: nothing to deliver
    next_attempt_at    BIGINT,
    parked             BOOLEAN  NOT NULL,
    held               BOOLEAN  NOT NULL, -- somebody delivers it now
    retention          SMALLINT NOT NULL, -- 0 to be delivered, 1 content, 2 without address, 3 consent, 4 in advance, 5 tombstone
    updated_minute     BIGINT   NOT NULL,
    erased             BOOLEAN  NOT NULL, -- nothing is left of what was typed
    lead_code          TEXT,
    external_reference TEXT,
    email_hash         BYTEA,
    admitted_at        BIGINT,
    created_at         BIGINT   NOT NULL,
    updated_at         BIGINT   NOT NULL
) WITH (fillfactor = 80);

INSERT INTO carts_as_json
SELECT
    cart,
    1,
    json_build_object(
        'id', cart,
        'key', encode(key_hash, 'hex'),
        'state', state::json,
        'status', status,
        'lead_code', lead_code,
        'adding', CASE WHEN adding_since IS NOT NULL THEN json_build_object('since', adding_since, 'email', COALESCE(adding_email, '')) END,
        'version', version,
        'delivered', delivered,
        'marked', marked,
        'followups_stopped', followups_stopped,
        'quiet_since', quiet_since,
        'external_reference', external_reference,
        'email_hash', encode(email_hash, 'hex'),
        'consent', consent::json,
        'proposed_lead_code', proposed_lead_code,
        'needs_read_back', needs_read_back,
        'admitted_at', admitted_at,
        'is_withheld', is_withheld,
        'renewed', renewed,
        'parked', parked,
        'attempts', attempts,
        'next_attempt_at', next_attempt_at,
        'claims', claims,
        'holder', holder,
        'order_reference', order_reference,
        'created_at', created_at,
        'updated_at', updated_at
    )::text,
    CASE
        WHEN status <> 'open' THEN status
        WHEN is_withheld THEN 'withheld'
        WHEN parked THEN 'refused'
        WHEN lead_code IS NOT NULL THEN 'open'
        ELSE 'collecting'
    END,
    CASE
        WHEN next_attempt_at IS NULL THEN CASE WHEN parked THEN 3 END
        WHEN status <> 'open' THEN 0
        WHEN parked THEN 2
        ELSE 1
    END,
    next_attempt_at,
    parked,
    holder IS NOT NULL,
    CASE
        WHEN next_attempt_at IS NOT NULL THEN 0
        WHEN state = '{}' AND consent IS NOT NULL THEN 3
        WHEN state = '{}' AND lead_code IS NULL AND created_at = updated_at THEN 4
        WHEN state = '{}' THEN 5
        WHEN lead_code IS NULL AND adding_since IS NULL
            AND state NOT LIKE '%"BillingDetails.Email":{"value":"%' THEN 2
        ELSE 1
    END,
    updated_at / 60000,
    state = '{}',
    lead_code,
    external_reference,
    email_hash,
    admitted_at,
    created_at,
    updated_at
FROM carts;

DROP TABLE carts;
ALTER TABLE carts_as_json RENAME TO carts;
ALTER TABLE carts RENAME CONSTRAINT carts_as_json_pkey TO carts_pkey;

-- What is due; it alone is read to choose, to count and to start.
CREATE INDEX carts_queue ON carts (queue, next_attempt_at, cart, parked, held) WHERE queue IS NOT NULL;
-- What is old, and how many there are of each kind.
CREATE INDEX carts_retention ON carts (retention, updated_minute, stage);
CREATE INDEX carts_external_reference ON carts (external_reference) WHERE external_reference IS NOT NULL;
CREATE INDEX carts_email_hash ON carts (email_hash) WHERE email_hash IS NOT NULL;
CREATE INDEX carts_lead_code ON carts (lead_code) WHERE lead_code IS NOT NULL;
