//! A filter as a condition on stored columns. What it means is said by `Filter::passes`; this says the same of a row that lies in a table: of the few values that many rows have in common at
//! once, of texts by what stands in them.

use jiff::Timestamp;

use crate::listing::{ColumnWords, Row};
use crate::mail::address;

use super::expr::Expr;
use super::field::{Field, Matching};
use super::since;
use super::value::{FilterValue, folded};

/// A condition on a delivery.
#[derive(Clone, Debug)]
pub enum RowCondition {
    /// All of them hold.
    All(Vec<RowCondition>),
    /// One of them holds.
    Any(Vec<RowCondition>),
    /// It does not hold.
    Not(Box<RowCondition>),
    /// What it has in common with many others fits.
    Class(ClassTest),
    /// The text stands in one of its texts, all [`searchable`].
    Part(String),
    /// One of its texts fits.
    Text(TextTest),
    /// It was written at that moment or after it.
    Since(Timestamp),
    /// It was written before that moment.
    Before(Timestamp),
}

/// A text of a delivery that differs from one to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextColumn {
    /// The address that failed.
    Recipient,
    /// The envelope sender.
    Sender,
    /// The host that refused.
    Host,
    /// The id in the queue.
    Queue,
}

impl TextColumn {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Recipient, Self::Sender, Self::Host, Self::Queue];

    fn of(field: Field) -> Option<Self> {
        match field {
            Field::Domain | Field::To => Some(Self::Recipient),
            Field::From => Some(Self::Sender),
            Field::Host => Some(Self::Host),
            Field::Queue => Some(Self::Queue),
            _ => None,
        }
    }
}

/// A test of what a delivery has in common with others: its kind, codes, reason, party.
#[derive(Clone, Debug)]
pub struct ClassTest {
    field: Option<Field>,
    value: FilterValue,
    words: ColumnWords,
}

impl ClassTest {
    /// True where it holds of a row; of its texts nothing is asked.
    #[must_use]
    pub fn holds(&self, row: &Row) -> bool {
        self.value.passes(self.field, row, &self.words, Timestamp::UNIX_EPOCH)
    }
}

/// A test of one text.
#[derive(Clone, Debug)]
pub struct TextTest {
    /// The texts it is tried on.
    pub columns: Vec<TextColumn>,
    /// What stands in every text that fits, as in [`searchable`]; empty where that is unknown.
    pub part: String,
    field: Option<Field>,
    value: FilterValue,
}

impl TextTest {
    /// True for a text that fits.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        let Some(field) = self.field else {
            return !text.is_empty() && self.value.fits(Matching::Part, text);
        };
        let domain;
        let mut own = text;
        if field == Field::Domain {
            domain = address::domain(text);
            own = &domain;
        }
        !own.is_empty() && own != "-" && self.value.fits(field.compared(), own)
    }
}

/// A text in which [`RowCondition::Part`] is looked for.
#[must_use]
pub fn searchable(text: &str) -> String {
    folded(text)
}

/// An expression as a condition, looked for in these words.
pub(super) fn lowered(expr: &Expr, words: &ColumnWords, now: Timestamp) -> RowCondition {
    Lowering { words, now }.expr(expr)
}

/// How an expression becomes a condition.
struct Lowering<'a> {
    words: &'a ColumnWords,
    now: Timestamp,
}

impl Lowering<'_> {
    fn expr(&self, expr: &Expr) -> RowCondition {
        let all = |terms: &[Expr]| terms.iter().map(|term| self.expr(term)).collect();
        match expr {
            Expr::All(terms) => RowCondition::All(all(terms)),
            Expr::Any(terms) => RowCondition::Any(all(terms)),
            Expr::Not(term) => RowCondition::Not(Box::new(self.expr(term))),
            Expr::Term(field, values) => {
                RowCondition::Any(values.iter().map(|value| self.value(*field, value)).collect())
            }
        }
    }

    fn value(&self, field: Option<Field>, value: &FilterValue) -> RowCondition {
        if let FilterValue::When { after, since, .. } = value {
            let moment = since::Since::before(*since, self.now);
            return if *after { RowCondition::Since(moment) } else { RowCondition::Before(moment) };
        }
        let class = ClassTest { field, value: value.clone(), words: self.words.clone() };
        let Some(field) = field else {
            return RowCondition::Any(vec![RowCondition::Class(class), anywhere(value)]);
        };
        let Some(column) = TextColumn::of(field) else { return RowCondition::Class(class) };
        let part = match value {
            // Dots at the end of a domain do not count.
            FilterValue::Text(text) => text.trim_end_matches('.').to_owned(),
            _ => String::new(),
        };
        let (columns, value) = (vec![column], value.clone());
        RowCondition::Text(TextTest { columns, part, field: Some(field), value })
    }
}

/// A word that may stand in any text.
fn anywhere(value: &FilterValue) -> RowCondition {
    match value {
        FilterValue::Text(text) => RowCondition::Part(text.clone()),
        value => RowCondition::Text(TextTest {
            columns: TextColumn::ALL.to_vec(),
            part: String::new(),
            field: None,
            value: value.clone(),
        }),
    }
}
