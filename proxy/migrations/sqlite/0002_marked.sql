-- A closed lead is marked first, and then emptied or given its last edit. What was emptied and not marked yet begins anew.
UPDATE carts SET emptied = FALSE;
ALTER TABLE carts RENAME COLUMN emptied TO marked;
