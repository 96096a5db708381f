//! The journal of plans: what was meant to be done to mailboxes, and how far each step of it is.

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row as Record, Transaction, params};

use crate::mail::SafeText;
use crate::triage::{
    ArrivalRange, Change, Likeness, MessageFlags, NewPlan, Plan, PlanId, PlanStep, StepState,
    Whereabouts,
};

use super::error::Error;
use super::open::Store;

/// Plans that are remembered.
const REMEMBERED: i64 = 500;

/// A plan in the list of plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPlan {
    /// Which.
    pub id: PlanId,
    /// When it was made.
    pub at: Timestamp,
    /// What it does.
    pub title: SafeText,
    /// The plan that it takes back.
    pub undoes: Option<PlanId>,
    /// The newest plan that takes it back.
    pub undone_by: Option<PlanId>,
    /// Its messages.
    pub messages: u64,
    /// Those of which it is done.
    pub done: u64,
    /// Those of which it is not known, or not begun.
    pub open: u64,
}

impl Store {
    /// Writes a plan into the journal. From now on nothing that is written here is lost when the
    /// power fails.
    ///
    /// # Errors
    /// When the store fails; then nothing of it is written.
    pub fn write_plan(&mut self, plan: &NewPlan) -> Result<PlanId, Error> {
        write(&mut self.connection, plan).map_err(|error| self.failed(error))
    }

    /// A plan of the journal.
    ///
    /// # Errors
    /// When the store fails.
    pub fn plan(&self, id: PlanId) -> Result<Option<Plan>, Error> {
        plan(&self.connection, id).map_err(|error| self.failed(error))
    }

    /// The plans of the journal, the newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn plans(&self) -> Result<Vec<ListedPlan>, Error> {
        plans(&self.connection).map_err(|error| self.failed(error))
    }

    /// Writes how far steps are, all or none; messages that were changed are changed in what is kept
    /// of mailboxes too.
    ///
    /// # Errors
    /// When the store fails; then nothing is written.
    pub fn save_steps(&mut self, plan: PlanId, steps: &[&PlanStep]) -> Result<(), Error> {
        save(&mut self.connection, plan, steps).map_err(|error| self.failed(error))
    }

    /// The marks of a message, as far as they are known here.
    ///
    /// # Errors
    /// When the store fails.
    pub fn marks(&self, place: &Whereabouts) -> Result<MessageFlags, Error> {
        marks(&self.connection, place).map_err(|error| self.failed(error))
    }
}

fn write(connection: &mut Connection, plan: &NewPlan) -> rusqlite::Result<PlanId> {
    connection.pragma_update(None, "synchronous", "full")?;
    let transaction = connection.transaction()?;
    transaction.execute(
        "INSERT INTO plan (at, title, undoes) VALUES (?1, ?2, ?3)",
        params![plan.at.as_millisecond(), plan.title.as_str(), plan.undoes.map(|id| id.0)],
    )?;
    let id = transaction.last_insert_rowid();
    {
        let mut insert = transaction.prepare(
            "INSERT INTO step (plan, number, account, folder, validity, uid, label, change, about,
                 marks, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '', '', '', '')",
        )?;
        for (number, step) in plan.steps.iter().enumerate() {
            let Whereabouts { account, folder, validity, uid } = &step.place;
            insert.execute(params![
                id,
                i64::try_from(number).unwrap_or(i64::MAX),
                account,
                folder,
                validity,
                uid,
                step.label.as_str()
            ])?;
        }
    }
    for (number, step) in (0..).zip(&plan.steps) {
        update(&transaction, id, number, step)?;
    }
    transaction.execute("DELETE FROM plan WHERE id <= ?1", [id - REMEMBERED])?;
    transaction.commit()?;
    Ok(PlanId(id))
}

fn save(connection: &mut Connection, plan: PlanId, steps: &[&PlanStep]) -> rusqlite::Result<()> {
    connection.pragma_update(None, "synchronous", "full")?;
    let transaction = connection.transaction()?;
    for step in steps {
        update(&transaction, plan.0, step.number, step)?;
        follow(&transaction, step)?;
    }
    transaction.commit()
}

fn update(
    transaction: &Transaction<'_>,
    plan: i64,
    number: u32,
    step: &PlanStep,
) -> rusqlite::Result<()> {
    let (change, about) = step.change.written();
    let size = step.likeness.size.map(|size| i64::try_from(size).unwrap_or(i64::MAX));
    transaction
        .prepare_cached(
            "UPDATE step SET message_id = ?3, size = ?4, received = ?5, change = ?6, about = ?7,
                 marks = ?8, arrival_validity = ?9, arrival_next = ?10, arrival_uid = ?11,
                 state = ?12, detail = ?13
             WHERE plan = ?1 AND number = ?2",
        )?
        .execute(params![
            plan,
            number,
            step.likeness.message_id.as_deref(),
            size,
            step.likeness.received,
            change,
            about,
            step.before.to_string(),
            step.arrival.map(|arrival| arrival.validity),
            step.arrival.map(|arrival| arrival.next),
            step.arrival.and_then(|arrival| arrival.uid),
            step.state.slug(),
            step.detail.as_deref(),
        ])?;
    Ok(())
}

/// What is kept of a mailbox follows a step that has come to its end.
fn follow(transaction: &Transaction<'_>, step: &PlanStep) -> rusqlite::Result<()> {
    let Whereabouts { account, folder, validity, uid } = &step.place;
    let whats: &[&str] = match (step.state, &step.change) {
        (StepState::Done, Change::Move(_)) => {
            &["DELETE FROM message WHERE ?5 = ?5", "DELETE FROM delivery WHERE ?5 = ?5"]
        }
        (StepState::Done | StepState::Same | StepState::Conflict, _) => {
            &["UPDATE message SET marks = ?5 WHERE true"]
        }
        _ => return Ok(()),
    };
    let marks = step.marks_now().to_string();
    for what in whats {
        let sql = format!(
            "{what} AND uid = ?4 AND mailbox IN
                 (SELECT id FROM mailbox WHERE account = ?1 AND folder = ?2 AND validity = ?3)"
        );
        let values = params![account, folder, validity, uid, marks];
        transaction.prepare_cached(&sql)?.execute(values)?;
    }
    Ok(())
}

fn plan(connection: &Connection, id: PlanId) -> rusqlite::Result<Option<Plan>> {
    let head = connection
        .query_row("SELECT at, title, undoes FROM plan WHERE id = ?1", [id.0], |record| {
            let undoes: Option<i64> = record.get(2)?;
            Ok(NewPlan {
                at: moment(record.get(0)?),
                title: text(record, 1)?,
                undoes: undoes.map(PlanId),
                steps: Vec::new(),
            })
        })
        .optional()?;
    let Some(mut what) = head else { return Ok(None) };
    let mut select = connection.prepare(
        "SELECT number, account, folder, validity, uid, message_id, size, received, label, change,
             about, marks, arrival_validity, arrival_next, arrival_uid, state, detail
         FROM step WHERE plan = ?1 ORDER BY number",
    )?;
    what.steps = select.query_map([id.0], step)?.collect::<Result<_, _>>()?;
    Ok(Some(Plan { id, what }))
}

fn step(record: &Record<'_>) -> rusqlite::Result<PlanStep> {
    let place = Whereabouts {
        account: record.get("account")?,
        folder: record.get("folder")?,
        validity: record.get("validity")?,
        uid: record.get("uid")?,
    };
    let size: Option<i64> = record.get("size")?;
    let message_id: Option<String> = record.get("message_id")?;
    let likeness = Likeness {
        message_id: message_id.map(|id| SafeText::line(&id)),
        size: size.and_then(|size| u64::try_from(size).ok()),
        received: record.get("received")?,
    };
    let (change, about): (String, String) = (record.get("change")?, record.get("about")?);
    let change = Change::read(&change, &about).ok_or_else(|| wrong("change", &change))?;
    let state: String = record.get("state")?;
    let marks: String = record.get("marks")?;
    let validity: Option<u32> = record.get("arrival_validity")?;
    let next: Option<u32> = record.get("arrival_next")?;
    let mut arrival = None;
    if let (Some(validity), Some(next)) = (validity, next) {
        arrival = Some(ArrivalRange { validity, next, uid: record.get("arrival_uid")? });
    }
    let detail: Option<String> = record.get("detail")?;
    Ok(PlanStep {
        number: record.get("number")?,
        place,
        likeness,
        label: text(record, 8)?,
        change,
        before: MessageFlags::read(marks.split(' ')),
        arrival,
        state: StepState::from_slug(&state).ok_or_else(|| wrong("state", &state))?,
        detail: detail.map(|detail| SafeText::new(&detail)),
    })
}

fn plans(connection: &Connection) -> rusqlite::Result<Vec<ListedPlan>> {
    let mut select = connection.prepare(
        "SELECT id, at, title, undoes,
             (SELECT max(id) FROM plan AS later WHERE later.undoes = plan.id),
             (SELECT count(*) FROM step WHERE plan = plan.id),
             (SELECT count(*) FROM step WHERE plan = plan.id AND state = 'done'),
             (SELECT count(*) FROM step WHERE plan = plan.id AND state IN ('planned', 'sent'))
         FROM plan ORDER BY id DESC",
    )?;
    let found = select.query_map([], |record| {
        let count = |at: usize| -> rusqlite::Result<u64> {
            Ok(u64::try_from(record.get::<_, i64>(at)?).unwrap_or(0))
        };
        let (undoes, undone_by): (Option<i64>, Option<i64>) = (record.get(3)?, record.get(4)?);
        Ok(ListedPlan {
            id: PlanId(record.get(0)?),
            at: moment(record.get(1)?),
            title: text(record, 2)?,
            undoes: undoes.map(PlanId),
            undone_by: undone_by.map(PlanId),
            messages: count(5)?,
            done: count(6)?,
            open: count(7)?,
        })
    })?;
    found.collect()
}

fn marks(connection: &Connection, place: &Whereabouts) -> rusqlite::Result<MessageFlags> {
    let Whereabouts { account, folder, validity, uid } = place;
    let found: Option<String> = connection
        .prepare_cached(
            "SELECT marks FROM message WHERE uid = ?4 AND mailbox IN
                 (SELECT id FROM mailbox WHERE account = ?1 AND folder = ?2 AND validity = ?3)",
        )?
        .query_row(params![account, folder, validity, uid], |record| record.get(0))
        .optional()?;
    Ok(MessageFlags::read(found.unwrap_or_default().split(' ')))
}

/// Forgets what was done to an account.
pub(super) fn forget(transaction: &Transaction<'_>, account: &str) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM step WHERE account = ?1", [account])?;
    transaction.execute("DELETE FROM plan WHERE id NOT IN (SELECT plan FROM step)", [])?;
    Ok(())
}

fn moment(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or_default()
}

fn text(record: &Record<'_>, at: usize) -> rusqlite::Result<SafeText> {
    Ok(SafeText::new(&record.get::<_, String>(at)?))
}

/// Another text than was written means that the file is damaged.
fn wrong(column: &str, found: &str) -> rusqlite::Error {
    let what = format!("{column} is {}", SafeText::new(found));
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, what.into())
}

#[cfg(test)]
mod tests {
    use super::super::OpenedStore;
    use super::*;
    use crate::triage::TriageState;

    #[test]
    fn what_is_written_comes_back() {
        let home = tempfile::TempDir::new().expect("a folder");
        let OpenedStore { mut store, .. } = Store::open(home.path()).expect("a store");
        let mut steps = Vec::new();
        for uid in 1..=3 {
            let (account, folder) = ("birch".to_owned(), "INBOX".to_owned());
            let place = Whereabouts { account, folder, validity: 7, uid };
            let change = Change::State(TriageState::Taken);
            steps.push(PlanStep::new(place, Likeness::default(), "ann@oak.example".into(), change));
        }
        let at = Timestamp::from_second(1_777_878_000).expect("a time");
        let new = NewPlan { at, title: "mark taken".into(), undoes: None, steps };
        let id = store.write_plan(&new).expect("room");
        let mut plan = store.plan(id).expect("a store").expect("it is there");
        for (number, step) in (0..).zip(&new.steps) {
            assert_eq!(plan.what.steps[number as usize], PlanStep { number, ..step.clone() });
        }
        let step = &mut plan.what.steps[1];
        step.change = Change::Move("Done".into());
        step.before = TriageState::Waiting.marks();
        step.likeness =
            Likeness { message_id: Some("1@x".into()), size: Some(9), received: Some(5) };
        step.arrival = Some(ArrivalRange { validity: 8, next: 3, uid: None });
        step.ends(StepState::Sent, Some("why".into()));
        store.save_steps(id, &[&plan.what.steps[1]]).expect("room");
        assert_eq!(store.plan(id).expect("a store").as_ref(), Some(&plan));
        let undo = NewPlan { undoes: Some(id), steps: Vec::new(), ..new };
        let undo = store.write_plan(&undo).expect("room");
        let listed = store.plans().expect("a store");
        assert_eq!((listed[0].id, listed[1].id), (undo, id));
        assert_eq!((listed[1].undone_by, listed[1].messages, listed[1].open), (Some(undo), 3, 3));
        assert_eq!(store.plan(PlanId(99)), Ok(None));
        assert_eq!(store.forget("birch"), Ok(0));
        assert_eq!(store.plans(), Ok(Vec::new()));
    }
}
