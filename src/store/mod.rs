//! What is kept of mailboxes between two visits: a SQLite file in the user's data folder. Messages
//! as they were read, compressed, so that new rules judge them again without the network; deliveries
//! as rows that can be listed.
//!
//! Everything is written in transactions: a program that is killed, or a disk that is full, loses
//! the batch in flight at most. A file that is damaged is set aside and another begun.

mod condition;
mod deliveries;
mod dictionary;
mod error;
mod file;
mod findings;
mod hold;
mod journal;
mod key;
mod mailbox;
mod messages;
mod open;
mod packed;
mod row;
mod schema;

pub use deliveries::{ListedDelivery, Only, Scope};
pub use error::Error;
pub use findings::KeptPlace;
pub use hold::PlanLock;
pub use journal::ListedPlan;
pub use key::MailboxKey;
pub use mailbox::{HeldMessages, MailboxName, SettledAt};
pub use messages::{KeptMessage, PackedBounce, Put, StaleMessage};
pub use open::{OpenedStore, Store};
pub use row::{DeliveryMark, Spot, StoredDelivery};

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use tempfile::TempDir;

    use std::path::Path;

    use super::*;
    use crate::diagnosis::{Case, Ours, Rules, diagnose};
    use crate::listing::{MessageId, Row};

    fn name(folder: &str) -> MailboxName {
        MailboxName { account: "birch".into(), folder: folder.into() }
    }

    fn message(uid: u32) -> KeptMessage {
        let raw = format!(
            "From: MAILER-DAEMON@mx.birch.example\nMessage-ID: <{uid}@mx.birch.example>\n\
             Subject: Undelivered Mail Returned to Sender\n\
             Date: Mon, 4 May 2026 06:{:02}:12 +0000\n\n\
             <ann{uid}@oak.example>: host mx.oak.example[198.51.100.7] said: 550 5.1.1 no such user\n",
            uid % 60
        );
        let bounce = crate::bounce::read(raw.as_bytes());
        let ours = Ours::default();
        let diagnosis = diagnose(&bounce, Rules::standard(), &ours);
        let rows = Row::all(MessageId::default(), None, &bounce, &diagnosis, &ours, raw.len());
        let mut deliveries = Vec::new();
        for (at, row) in rows.into_iter().enumerate() {
            let case = Case::of(&bounce, &diagnosis, &ours, at).expect("a case");
            let evidence = case.verdict.evidence.as_ref().map(|found| found.text.clone());
            deliveries.push(StoredDelivery { row, evidence });
        }
        KeptMessage {
            uid,
            received: None,
            size: raw.len(),
            message_id: bounce.message_id.clone(),
            bounce: PackedBounce::of(&bounce),
            deliveries,
        }
    }

    fn listed(store: &mut Store) -> Vec<ListedDelivery> {
        let mut all = Vec::new();
        store.deliveries(None, &mut |one| all.push(one)).expect("a store that can be read");
        all
    }

    #[test]
    fn what_is_put_comes_back() {
        let home = TempDir::new().expect("a folder");
        let folder = home.path().join("deadletter");
        let OpenedStore { mut store, set_aside } = Store::open(&folder).expect("a store");
        assert_eq!(set_aside, None);
        let inbox = store.mailbox(&name("INBOX")).expect("a mailbox");
        assert_eq!(store.held(inbox), Ok(HeldMessages::default()));
        store.put(inbox, 7, 1, 0, &[message(1), message(3)]).expect("room");
        store.put(inbox, 7, 1, 0, &[message(3), message(2)]).expect("room");
        assert_eq!(
            store.held(inbox),
            Ok(HeldMessages { validity: 7, uids: vec![1, 2, 3], settled: None })
        );
        drop(store);
        let OpenedStore { mut store, .. } = Store::open(&folder).expect("the same store");
        let all = listed(&mut store);
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].delivery.row.recipient.as_deref(), Some("ann3@oak.example"));
        assert_eq!(all[0].message_id.as_deref(), Some("3@mx.birch.example"));
        let kept = message(3);
        let (one, other) = (&all[0].delivery, &kept.deliveries[0]);
        assert_eq!(one.evidence, other.evidence);
        let id = one.row.id;
        assert_eq!(Row { id, ..one.row.clone() }, Row { id, ..other.row.clone() });
        store.remove(inbox, &[1, 9]).expect("room");
        assert_eq!(
            store.held(inbox),
            Ok(HeldMessages { validity: 7, uids: vec![2, 3], settled: None })
        );
        store.put(inbox, 8, 1, 0, &[message(1)]).expect("room");
        assert_eq!(
            store.held(inbox),
            Ok(HeldMessages { validity: 8, uids: vec![1], settled: None }),
            "another mailbox"
        );
        assert_eq!((store.forget("oak"), store.forget("birch")), (Ok(0), Ok(1)));
        assert_eq!(listed(&mut store).len(), 0);
    }

    #[test]
    fn only_the_user_can_read_it() {
        let home = TempDir::new().expect("a folder");
        let folder = home.path().join("deadletter");
        let file = folder.join("store.db");
        drop(Store::open(&folder).expect("a store"));
        let mode = |path: &Path| fs::metadata(path).expect("it is there").mode() & 0o777;
        assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("ours");
        assert!(matches!(Store::open(&folder), Err(Error::Unsafe { .. })));
        fs::remove_file(&file).expect("ours");
        symlink(home.path().join("elsewhere"), &file).expect("a link");
        assert!(matches!(Store::open(&folder), Err(Error::Unsafe { .. })));
        assert!(!home.path().join("elsewhere").exists());
        fs::remove_file(&file).expect("ours");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).expect("ours");
        assert!(matches!(Store::open(&folder), Err(Error::Unsafe { .. })));
    }

    #[test]
    fn a_damaged_store_is_set_aside() {
        let home = TempDir::new().expect("a folder");
        let file = home.path().join("store.db");
        for bytes in [&b"this is no store"[..], &vec![0x5a; 100_000]] {
            fs::write(&file, bytes).expect("room");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("ours");
            let OpenedStore { mut store, set_aside } =
                Store::open(home.path()).expect("another store");
            let aside = set_aside.expect("the damaged one");
            assert_eq!(fs::read(aside).expect("it is kept"), bytes);
            let inbox = store.mailbox(&name("INBOX")).expect("a mailbox");
            store.put(inbox, 1, 1, 0, &[message(1)]).expect("room");
        }
        // Bytes in the middle are found when they are read.
        let OpenedStore { mut store, .. } = Store::open(home.path()).expect("a store");
        let inbox = store.mailbox(&name("INBOX")).expect("a mailbox");
        let many: Vec<KeptMessage> = (1..300).map(message).collect();
        store.put(inbox, 1, 1, 0, &many).expect("room");
        drop(store);
        let mut bytes = fs::read(&file).expect("a file");
        let middle = bytes.len() / 2;
        bytes[middle - 20_000..middle + 20_000].fill(0xa5);
        fs::write(&file, &bytes).expect("room");
        let OpenedStore { mut store, set_aside } =
            Store::open(home.path()).expect("it begins well");
        assert_eq!(set_aside, None);
        let read = store.deliveries(None, &mut |_| {});
        assert!(matches!(read, Err(Error::Damaged { .. })), "{read:?}");
        let OpenedStore { mut store, set_aside } = store.begin_anew().expect("another store");
        assert!(set_aside.is_some() && listed(&mut store).is_empty());
    }

    #[test]
    fn a_newer_store_is_left_alone() {
        let home = TempDir::new().expect("a folder");
        let OpenedStore { store, .. } = Store::open(home.path()).expect("a store");
        store.connection.pragma_update(None, "user_version", 99).expect("a number");
        drop(store);
        assert!(matches!(Store::open(home.path()), Err(Error::Newer { version: 99, .. })));
    }

    #[test]
    fn a_full_disk_loses_the_batch_in_flight_alone() {
        let home = TempDir::new().expect("a folder");
        let OpenedStore { mut store, .. } = Store::open(home.path()).expect("a store");
        let inbox = store.mailbox(&name("INBOX")).expect("a mailbox");
        store.put(inbox, 1, 1, 0, &[message(1)]).expect("room");
        store.connection.pragma_update(None, "max_page_count", 30).expect("a bound");
        let many: Vec<KeptMessage> = (2..2_000).map(message).collect();
        assert!(matches!(store.put(inbox, 1, 1, 0, &many), Err(Error::Full { .. })));
        assert_eq!(
            store.held(inbox),
            Ok(HeldMessages { validity: 1, uids: vec![1], settled: None })
        );
        assert_eq!(listed(&mut store).len(), 1);
    }

    #[test]
    fn a_state_in_which_all_was_held_is_void_with_what_was_held() {
        let mut store = Store::temporary().expect("a store");
        let inbox = store.mailbox(&name("INBOX")).expect("a mailbox");
        let at = SettledAt { next: 9, modseq: 77 };
        store.put(inbox, 7, 1, 0, &[message(1)]).expect("room");
        store.settle(inbox, 8, at).expect("another validity");
        assert_eq!(store.held(inbox).expect("it is read").settled, None);
        store.settle(inbox, 7, at).expect("room");
        assert_eq!(store.held(inbox).expect("it is read").settled, Some(at));
        store.put(inbox, 8, 1, 0, &[message(1)]).expect("room");
        assert_eq!(store.held(inbox).expect("it is read").settled, None);
        store.settle(inbox, 8, at).expect("room");
        store.reset(inbox).expect("room");
        assert_eq!(store.held(inbox).expect("it is read").settled, None);
    }
}
