-- The ledger: append-only, each entry bound to the one before it.
CREATE TABLE entries (
    entry INTEGER PRIMARY KEY AUTOINCREMENT,
    out_seq INTEGER NOT NULL UNIQUE,
    t_ns INTEGER NOT NULL,
    wall_ns INTEGER NOT NULL,
    kind TEXT NOT NULL,
    visit_id TEXT,
    body TEXT NOT NULL,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL UNIQUE
) STRICT;

CREATE INDEX entries_of_visit ON entries (visit_id, entry) WHERE visit_id IS NOT NULL;

-- A visit is charged once, whatever happens above.
CREATE UNIQUE INDEX one_receipt_a_visit ON entries (visit_id) WHERE kind = 'ReceiptIssued';

CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
BEGIN SELECT raise(ABORT, 'the ledger is append-only: entries are never changed'); END;

CREATE TRIGGER entries_remain BEFORE DELETE ON entries
BEGIN SELECT raise(ABORT, 'the ledger is append-only: entries are never deleted'); END;
