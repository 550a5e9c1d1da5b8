"""What is asked of the facts, as views of a database: each row of a view is one finding, or one entry that is counted.

The columns of a fact come first, then ``told``: what a finding says beside them.
"""

from __future__ import annotations

SCHEMA = """
CREATE TABLE archived (pk, sk, hash, run_id, status, previous, parent, recorded, expires, place, day_over);
CREATE TABLE items (pk, sk, hash, run_id, status, previous, parent, recorded, expires, judged);
CREATE TABLE moment (seconds, archived_by, latest);

CREATE VIEW entries AS
SELECT pk, sk, hash, run_id, status, previous, parent, recorded, expires FROM archived
UNION SELECT pk, sk, hash, run_id, status, previous, parent, recorded, expires FROM items;

CREATE VIEW missing AS
SELECT a.* FROM archived a LEFT JOIN items i ON i.pk = a.pk AND i.sk = a.sk WHERE i.pk IS NULL;

CREATE VIEW expired AS
SELECT DISTINCT pk, sk FROM missing, moment WHERE day_over AND expires <= seconds;

CREATE VIEW removed AS
SELECT pk, sk, hash, run_id, status, previous, parent, recorded, expires, place AS told FROM missing, moment
WHERE expires IS NULL OR expires > seconds OR NOT day_over;

CREATE VIEW changed AS
SELECT a.pk, a.sk, a.hash, a.run_id, a.status, a.previous, a.parent, a.recorded, a.expires, a.place AS told
FROM archived a JOIN items i ON i.pk = a.pk AND i.sk = a.sk WHERE i.hash <> a.hash;

CREATE VIEW contradicted AS
SELECT b.pk, b.sk, b.hash, b.run_id, b.status, b.previous, b.parent, b.recorded, b.expires,
b.place || ' and ' || a.place AS told
FROM archived a JOIN archived b ON b.pk = a.pk AND b.sk = a.sk WHERE b.hash <> a.hash AND a.rowid < b.rowid;

CREATE VIEW unarchived AS
SELECT i.pk, i.sk, i.hash, i.run_id, i.status, i.previous, i.parent, i.recorded, i.expires, i.recorded AS told
FROM items i LEFT JOIN archived a ON a.pk = i.pk AND a.sk = i.sk WHERE a.pk IS NULL AND i.judged;

CREATE VIEW young AS
SELECT DISTINCT pk, sk FROM unarchived, moment WHERE recorded BETWEEN archived_by AND latest;

CREATE VIEW absent AS
SELECT unarchived.* FROM unarchived, moment WHERE recorded < archived_by OR recorded > latest;

CREATE VIEW unlinked AS
SELECT e.*, e.previous AS told FROM entries e WHERE e.previous IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM archived t WHERE t.hash = e.previous
  AND (t.pk = e.pk OR (t.status IN ('replayed', 'undone') AND t.parent = e.parent)))
AND NOT EXISTS (SELECT 1 FROM items t WHERE t.hash = e.previous
  AND (t.pk = e.pk OR (t.status IN ('replayed', 'undone') AND t.parent = e.parent)));

CREATE VIEW backwards AS
SELECT e.*, t.recorded AS told FROM entries e JOIN archived t ON t.hash = e.previous WHERE t.recorded > e.recorded
UNION SELECT e.*, t.recorded AS told FROM entries e JOIN items t ON t.hash = e.previous WHERE t.recorded > e.recorded;
"""
"""A letter that SQS moved by itself is replayed under the token of its text, so a link may lead to that token. A step
that is done again follows what took it back: that is another step of its run."""
INDEXES = """
CREATE INDEX IF NOT EXISTS archived_keys ON archived (pk, sk);
CREATE INDEX IF NOT EXISTS items_keys ON items (pk, sk);
CREATE INDEX IF NOT EXISTS archived_hash ON archived (hash);
CREATE INDEX IF NOT EXISTS items_hash ON items (hash);
"""
ARCHIVE = "INSERT INTO archived VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
ITEM = "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
MOMENT = "INSERT INTO moment VALUES (?, ?, ?)"
RUN_PARTITIONS = "SELECT DISTINCT pk FROM archived"
YOUNG = "SELECT count(*) FROM young"
EXPIRED = "SELECT count(*) FROM expired"
REMOVED = "SELECT * FROM removed"
CHANGED = "SELECT * FROM changed"
CONTRADICTED = "SELECT * FROM contradicted"
ABSENT = "SELECT * FROM absent"
UNLINKED = "SELECT * FROM unlinked"
BACKWARDS = "SELECT * FROM backwards"
