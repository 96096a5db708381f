//! The tables, and the way from older ones.

use rusqlite::{Connection, TransactionBehavior};

/// What went wrong in SQLite, or with the format of the file.
#[derive(Debug)]
pub(super) enum StoreFailure {
    Sqlite(rusqlite::Error),
    Newer(i64),
}

impl From<rusqlite::Error> for StoreFailure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Each step brings the tables from one format to the next. Steps are never changed, only added.
const STEPS: [&str; 5] = [
    "
    CREATE TABLE mailbox (
        id INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        folder TEXT NOT NULL,
        validity INTEGER NOT NULL DEFAULT 0,
        UNIQUE (account, folder)
    ) STRICT;
    CREATE TABLE message (
        id INTEGER PRIMARY KEY,
        mailbox INTEGER NOT NULL REFERENCES mailbox ON DELETE CASCADE,
        uid INTEGER NOT NULL,
        received INTEGER,
        size INTEGER NOT NULL,
        message_id TEXT,
        judged_by INTEGER NOT NULL,
        bounce BLOB NOT NULL,
        UNIQUE (mailbox, uid)
    ) STRICT;
    CREATE TABLE delivery (
        message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
        number INTEGER NOT NULL,
        time INTEGER,
        kind TEXT NOT NULL,
        status TEXT,
        reply INTEGER,
        reason TEXT NOT NULL,
        party TEXT NOT NULL,
        confidence TEXT NOT NULL,
        permanence TEXT NOT NULL,
        origin TEXT NOT NULL,
        recipient TEXT,
        sender TEXT,
        host TEXT,
        queue_id TEXT,
        further INTEGER NOT NULL,
        mixed INTEGER NOT NULL,
        evidence TEXT,
        cause BLOB NOT NULL,
        PRIMARY KEY (message, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX message_by_judge ON message (judged_by);
",
    // What many deliveries have in common is written once; all are judged again to fill it.
    "
    DROP TABLE delivery;
    UPDATE message SET judged_by = 0;
    ALTER TABLE mailbox ADD COLUMN learnt TEXT;
    CREATE TABLE class (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        status TEXT NOT NULL,
        reply INTEGER NOT NULL,
        reason TEXT NOT NULL,
        party TEXT NOT NULL,
        confidence TEXT NOT NULL,
        permanence TEXT NOT NULL,
        origin TEXT NOT NULL,
        mixed INTEGER NOT NULL,
        UNIQUE (kind, status, reply, reason, party, confidence, permanence, origin, mixed)
    ) STRICT;
    CREATE TABLE cause (
        id INTEGER PRIMARY KEY,
        packed BLOB NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE delivery (
        mailbox INTEGER NOT NULL,
        uid INTEGER NOT NULL,
        number INTEGER NOT NULL,
        time INTEGER,
        class INTEGER NOT NULL,
        cause INTEGER NOT NULL,
        further INTEGER NOT NULL,
        sender_print INTEGER,
        came INTEGER NOT NULL,
        recipient TEXT,
        sender TEXT,
        host TEXT,
        queue_id TEXT,
        words TEXT NOT NULL,
        evidence TEXT,
        PRIMARY KEY (mailbox, uid, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX delivery_by_time ON delivery (time DESC, class, cause, further, sender_print, came);
    CREATE TABLE visit (number INTEGER NOT NULL) STRICT;
    INSERT INTO visit VALUES (0);
",
    // What was read before holds no DKIM selectors and cannot be unpacked: it is read anew.
    "
    DELETE FROM message;
    DELETE FROM delivery;
    CREATE TABLE finding (
        message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
        number INTEGER NOT NULL,
        question TEXT NOT NULL,
        about TEXT NOT NULL,
        verdict TEXT NOT NULL,
        says TEXT NOT NULL,
        proof BLOB NOT NULL,
        asked INTEGER NOT NULL,
        trouble TEXT,
        PRIMARY KEY (message, number, question, about)
    ) STRICT, WITHOUT ROWID;
",
    // Up to where a mailbox is held completely.
    "
    ALTER TABLE mailbox ADD COLUMN next INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE mailbox ADD COLUMN modseq INTEGER NOT NULL DEFAULT 0;
",
    // What was done to messages, step by step.
    "
    CREATE TABLE plan (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        title TEXT NOT NULL,
        undoes INTEGER
    ) STRICT;
    CREATE TABLE step (
        plan INTEGER NOT NULL REFERENCES plan ON DELETE CASCADE,
        number INTEGER NOT NULL,
        account TEXT NOT NULL,
        folder TEXT NOT NULL,
        validity INTEGER NOT NULL,
        uid INTEGER NOT NULL,
        message_id TEXT,
        size INTEGER,
        received INTEGER,
        label TEXT NOT NULL,
        change TEXT NOT NULL,
        about TEXT NOT NULL,
        marks TEXT NOT NULL,
        arrival_validity INTEGER,
        arrival_next INTEGER,
        arrival_uid INTEGER,
        state TEXT NOT NULL,
        detail TEXT,
        PRIMARY KEY (plan, number)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE message ADD COLUMN marks TEXT NOT NULL DEFAULT '';
",
];

/// Brings the tables to the newest format.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreFailure> {
    let newest = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let format: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if format > newest {
        return Err(StoreFailure::Newer(format));
    }
    let done = usize::try_from(format).unwrap_or(0);
    for step in &STEPS[done..] {
        transaction.execute_batch(step)?;
    }
    if done < STEPS.len() {
        transaction.pragma_update(None, "user_version", newest)?;
    }
    Ok(transaction.commit()?)
}
