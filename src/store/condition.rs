//! A condition on deliveries in the words of SQL.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{Value, ValueRef};

use crate::filter::{ClassTest, RowCondition, TextColumn, TextTest};
use crate::listing::{Class, MessageId, Row};

/// The SQL function that tries a test on a text: `fits(number of the test, text)`.
const FITS: &str = "fits";
/// Nanoseconds of a millisecond, in which times are stored.
const MILLISECOND: i128 = 1_000_000;

/// A condition as SQL.
#[derive(Debug, Default)]
pub(super) struct WhereClause {
    /// The expression.
    pub(super) sql: String,
    /// The values for its question marks.
    pub(super) values: Vec<Value>,
    tests: Vec<TextTest>,
}

impl WhereClause {
    /// The condition for a store that knows these classes; one that always holds for None.
    pub(super) fn of(condition: Option<&RowCondition>, classes: &[(u32, Class)]) -> Self {
        let mut clause = Self::default();
        clause.sql = match condition {
            Some(condition) => clause.term(condition, classes),
            None => "1".to_owned(),
        };
        clause
    }

    fn term(&mut self, condition: &RowCondition, classes: &[(u32, Class)]) -> String {
        match condition {
            RowCondition::All(terms) => self.joined(terms, " AND ", classes),
            RowCondition::Any(terms) => self.joined(terms, " OR ", classes),
            RowCondition::Not(term) => format!("NOT {}", self.term(term, classes)),
            RowCondition::Class(test) => of_class(test, classes),
            RowCondition::Part(part) => self.part(part),
            RowCondition::Text(test) => self.text(test),
            RowCondition::Since(moment) => self.time(">=", moment.as_nanosecond()),
            RowCondition::Before(moment) => self.time("<", moment.as_nanosecond()),
        }
    }

    /// Terms in parentheses; there is one at least.
    fn joined(&mut self, terms: &[RowCondition], with: &str, classes: &[(u32, Class)]) -> String {
        let mut joined = Vec::new();
        for term in terms {
            joined.push(self.term(term, classes));
        }
        format!("({})", joined.join(with))
    }

    fn part(&mut self, part: &str) -> String {
        self.values.push(Value::Text(part.to_owned()));
        "instr(words, ?) > 0".to_owned()
    }

    fn text(&mut self, test: &TextTest) -> String {
        let number = self.tests.len();
        self.tests.push(test.clone());
        let mut tries = Vec::new();
        for column in &test.columns {
            tries.push(format!("{FITS}({number}, {})", column_name(*column)));
        }
        let tries = tries.join(" OR ");
        if test.part.is_empty() {
            return format!("({tries})");
        }
        // Most rows are out of the question without a call.
        format!("({} AND ({tries}))", self.part(&test.part))
    }

    /// A row without a time is neither before nor after.
    fn time(&mut self, comparison: &str, nanoseconds: i128) -> String {
        // The first stored moment that is not before it.
        let milliseconds = nanoseconds.div_euclid(MILLISECOND)
            + i128::from(nanoseconds.rem_euclid(MILLISECOND) > 0);
        self.values.push(Value::Integer(i64::try_from(milliseconds).unwrap_or(i64::MAX)));
        format!("ifnull(time {comparison} ?, 0)")
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

/// The classes that fit, whatever else a row has.
fn of_class(test: &ClassTest, classes: &[(u32, Class)]) -> String {
    let nothing = Row::unreadable(MessageId::default(), None);
    let mut fitting = Vec::new();
    for (number, class) in classes {
        if test.holds(&Row { class: *class, ..nothing.clone() }) {
            fitting.push(number.to_string());
        }
    }
    format!("class IN ({})", fitting.join(", "))
}

/// The column in which a text lies.
pub(super) fn column_name(column: TextColumn) -> &'static str {
    match column {
        TextColumn::Recipient => "recipient",
        TextColumn::Sender => "sender",
        TextColumn::Host => "host",
        TextColumn::Queue => "queue_id",
    }
}
