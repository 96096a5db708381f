//! A condition on deliveries in the words of SQL.

use std::collections::BTreeSet;

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{Value, ValueRef};

use crate::filter::{ClassTest, Condition, TextColumn, TextTest};

use super::class::Class;

/// The SQL function that tries a test on a text: `fits(number of the test, text)`.
const FITS: &str = "fits";
/// Nanoseconds of a millisecond, in which times are stored.
const MILLISECOND: i128 = 1_000_000;

/// A condition as SQL.
#[derive(Debug, Default)]
pub(super) struct Clause {
    /// The expression.
    pub(super) sql: String,
    /// The values for its question marks.
    pub(super) values: Vec<Value>,
    tests: Vec<TextTest>,
}

impl Clause {
    /// The condition for a store that knows these classes; one that always holds for None.
    pub(super) fn of(condition: Option<&Condition>, classes: &[(u32, Class)]) -> Self {
        let mut clause = Self::default();
        match condition {
            Some(condition) => clause.add(condition, classes),
            None => clause.sql.push('1'),
        }
        clause
    }

    fn add(&mut self, condition: &Condition, classes: &[(u32, Class)]) {
        match condition {
            Condition::All(terms) => self.join(terms, " AND ", "1", classes),
            Condition::Any(terms) => self.join(terms, " OR ", "0", classes),
            Condition::Not(term) => {
                self.sql.push_str("NOT ");
                self.add(term, classes);
            }
            Condition::Class(test) => self.class(test, classes),
            Condition::Part(part) => self.part(part),
            Condition::Text(test) => self.text(test),
            Condition::Since(moment) => self.time(">=", moment.as_nanosecond()),
            Condition::Before(moment) => self.time("<", moment.as_nanosecond()),
        }
    }

    fn join(&mut self, terms: &[Condition], with: &str, none: &str, classes: &[(u32, Class)]) {
        self.sql.push('(');
        for (at, term) in terms.iter().enumerate() {
            if at > 0 {
                self.sql.push_str(with);
            }
            self.add(term, classes);
        }
        if terms.is_empty() {
            self.sql.push_str(none);
        }
        self.sql.push(')');
    }

    fn class(&mut self, test: &ClassTest, classes: &[(u32, Class)]) {
        let mut fitting = BTreeSet::new();
        for (number, class) in classes {
            if test.holds(&class.row()) {
                fitting.insert(number.to_string());
            }
        }
        let numbers: Vec<String> = fitting.into_iter().collect();
        self.sql.push_str(&format!("class IN ({})", numbers.join(", ")));
    }

    fn part(&mut self, part: &str) {
        self.sql.push_str("instr(words, ?) > 0");
        self.values.push(Value::Text(part.to_owned()));
    }

    fn text(&mut self, test: &TextTest) {
        self.sql.push('(');
        if !test.part.is_empty() {
            self.part(&test.part);
            self.sql.push_str(" AND ");
        }
        let number = self.tests.len();
        let mut tries = Vec::new();
        for column in &test.columns {
            tries.push(format!("{FITS}({number}, {})", name(*column)));
        }
        self.sql.push_str(&format!("({}))", tries.join(" OR ")));
        self.tests.push(test.clone());
    }

    /// A row without a time is neither before nor after.
    fn time(&mut self, comparison: &str, nanoseconds: i128) {
        // The first stored moment that is not before it.
        let milliseconds = nanoseconds.div_euclid(MILLISECOND)
            + i128::from(nanoseconds.rem_euclid(MILLISECOND) > 0);
        self.sql.push_str(&format!("ifnull(time {comparison} ?, 0)"));
        self.values.push(Value::Integer(i64::try_from(milliseconds).unwrap_or(i64::MAX)));
    }

    /// Makes the tests known to a connection, until the next clause does.
    pub(super) fn prepare(&self, connection: &Connection) -> rusqlite::Result<()> {
        let tests = self.tests.clone();
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        connection.create_scalar_function(FITS, 2, flags, move |arguments| {
            let number = usize::try_from(arguments.get::<i64>(0)?).unwrap_or(usize::MAX);
            let (Some(test), ValueRef::Text(text)) = (tests.get(number), arguments.get_raw(1))
            else {
                return Ok(false);
            };
            Ok(std::str::from_utf8(text).is_ok_and(|text| test.fits(text)))
        })
    }
}

fn name(column: TextColumn) -> &'static str {
    match column {
        TextColumn::Recipient => "recipient",
        TextColumn::Sender => "sender",
        TextColumn::Host => "host",
        TextColumn::Queue => "queue_id",
    }
}
