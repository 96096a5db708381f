//! The text behind `/` and `--filter`: words, fields, and what joins them (docs/filter.md).
//!
//! The lexer takes it apart, the parser makes an expression of it, whose values are read as their
//! fields want them (the table in `field`); `complete` says how it can go on.

mod complete;
mod condition;
mod error;
mod expr;
mod field;
mod lexer;
mod parser;
mod since;
mod value;

use jiff::Timestamp;

use crate::listing::{ColumnWords, Row};

use expr::Expr;
use value::FilterValue;

pub use complete::complete;
pub use condition::{ClassTest, RowCondition, TextColumn, TextTest, searchable};
pub use error::Error;
pub use field::Field;
pub use since::Since;

/// A filter for rows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    text: String,
    expr: Option<Expr>,
    /// When it was read: ages count from there.
    now: Timestamp,
}

impl Filter {
    /// Reads a filter; one without a word lets everything pass. Ages count from `now`.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(text: &str, now: Timestamp) -> Result<Self, Error> {
        Ok(Self { text: text.trim().to_owned(), expr: parser::parse(text)?, now })
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// When it was read: ages count from there.
    #[must_use]
    pub fn read_at(&self) -> Timestamp {
        self.now
    }

    /// True for the filter that lets everything pass.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.expr.is_none()
    }

    /// True for a row that passes, shown with these words.
    #[must_use]
    pub fn passes(&self, row: &Row, words: &ColumnWords) -> bool {
        match &self.expr {
            Some(expr) => expr.passes(row, words, self.now),
            None => true,
        }
    }

    /// The filter as a condition, looked for in these words; None for one that lets everything
    /// pass.
    #[must_use]
    pub fn condition(&self, words: &ColumnWords) -> Option<RowCondition> {
        Some(condition::lowered(self.expr.as_ref()?, words, self.now))
    }

    /// Narrowed to what has this value in the field; where it was narrowed so already, without
    /// that.
    ///
    /// # Errors
    /// When the field takes no such value.
    pub fn toggled(&self, field: Field, value: &str) -> Result<Self, Error> {
        let value = FilterValue::read(Some(field), value).map_err(|what| Error::new(0, what))?;
        let term = Expr::Term(Some(field), vec![value]);
        let mut terms = self.terms();
        let before = terms.len();
        terms.retain(|one| *one != term);
        if terms.len() == before {
            terms.push(term);
        }
        Ok(self.of(terms))
    }

    /// Without its last term.
    #[must_use]
    pub fn popped(&self) -> Self {
        let mut terms = self.terms();
        terms.pop();
        self.of(terms)
    }

    fn terms(&self) -> Vec<Expr> {
        match self.expr.clone() {
            Some(expr) => expr.into_terms(),
            None => Vec::new(),
        }
    }

    fn of(&self, terms: Vec<Expr>) -> Self {
        let expr = Expr::all(terms);
        let text = expr.as_ref().map_or_else(String::new, ToString::to_string);
        Self { text, expr, now: self.now }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;
    use crate::bounce::{Kind, Status};
    use crate::diagnosis::remedy::Permanence;
    use crate::diagnosis::{Backscatter, Confidence, Language, Party, Reason};
    use crate::incident::Cause;
    use crate::listing::{Class, DeliveryId};

    fn now() -> Timestamp {
        "2026-05-12T10:00:00Z".parse().expect("a moment")
    }

    fn row() -> Row {
        Row {
            id: DeliveryId::default(),
            time: "2026-05-11T10:00:00Z".parse().ok(),
            class: Class {
                kind: Kind::Failure,
                status: Some(Status::new(5, 7, 1)),
                reply: Some(550),
                reason: Reason::IpReputation,
                party: Party::OurSystem,
                confidence: Confidence::High,
                permanence: Permanence::Permanent,
                origin: Backscatter::No,
                mixed: false,
            },
            recipient: Some("Ann@Sub.Oak.example".into()),
            host: Some("mx1.oak.example".into()),
            sender: Some("Marta@birch.example".into()),
            queue_id: Some("4gX1yz".into()),
            further: 0,
            cause: Arc::new(Cause::apart(Kind::Failure, Backscatter::No)),
        }
    }

    fn read(text: &str) -> Filter {
        match Filter::read(text, now()) {
            Ok(filter) => filter,
            Err(error) => panic!("{text}: column {}: {error}", error.at),
        }
    }

    fn passes(text: &str) -> bool {
        read(text).passes(&row(), &ColumnWords::default())
    }

    /// What passes and what does not, for each field and each operator.
    #[test]
    fn fields_and_operators() {
        const PASS: &str = r#"oak; ANN blocklist; 5.7; status:5.7; status:5.7.1; status:5.; who:us
            domain:oak.example; domain:sub.oak.example host:mx1 ip_reputation; reason:ip_reputation
            4GX1 marta; queue:4gx1 from:birch.example; from:marta@birch.example; from:mar
            code:550; code:55; kind:failure; who:our_system; is:failed; is:ours; IS:Ours; to:ann
            to:oak.example; age:<2d; age:>1h; age:>=1h; since:2d; since:2026-05-01; before:1h
            since:2026-05-01T08:00:00Z; -elm; !elm; elm|oak; elm | oak; who:sender|us; --oak
            -(elm oak); (elm | oak) marta; oak (elm|marta); -who:sender|nobody; oak -elm|yew
            host:/^mx\d\./; /MX\d/; who:sender|/^u/; reason:user_unknown|status:5.7; host: mx1
            "mx1.oak.example"; reason:"ip reputation"; a|b|oak; code:450|550; who:nobody|-elm|us
            reason:ip_on_blocklist; "domain:x"|oak"#;
        const STAY: &str = r#"elm; oak elm; status:5.7.12; status:5.70; who:sender; -oak; !oak
            domain:ak.example; queue:x1; from:irch.example; "x:y"; code:50; kind:delay; is:delayed
            is:unknown; is:backscatter; to:nn@; age:>2d; age:<1h; since:1h; before:2d
            before:2026-05-01; -(oak); elm|yew; elm | yew; oak elm | elm; ---oak; host:/^x/; /zz/
            -who:sender|us; (oak | elm) yew; "ann marta"; who:; to:/^n/; reason:ip"#;
        let each = |list: &'static str| list.split([';', '\n']).map(str::trim);
        for text in each(PASS) {
            assert!(passes(text), "{text}");
        }
        for text in each(STAY).filter(|text| *text != "who:") {
            assert!(!passes(text), "{text}");
        }
        let nowhen = Row { time: None, ..row() };
        assert!(!read("age:>1h").passes(&nowhen, &ColumnWords::default()));
        assert!(read("-age:>1h").passes(&nowhen, &ColumnWords::default()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, at, what) in [
            ("oak nope:x", 4, "no field nope"),
            ("who:", 4, "a value is missing after who"),
            ("who: (us)", 5, "a value is missing"),
            ("ä (oak", 2, "no second one"),
            ("oak)", 3, "no parenthesis is open"),
            ("()", 1, "before this parenthesis"),
            ("oak |", 5, "missing at the end"),
            ("| oak", 0, "both sides"),
            ("-", 1, "missing at the end"),
            ("is:broken", 3, "failed, delayed"),
            ("age:2d", 4, "age:<2d"),
            ("age:<2y", 4, "m, h, d or w"),
            ("since:yesterday", 6, "2026-11-29"),
            ("since:/x/", 6, "no regular expression"),
            ("host:/(/", 5, "unclosed group"),
            ("//", 0, "empty"),
            ("\"\"", 0, "nothing stands"),
        ] {
            let error = Filter::read(text, now()).expect_err(text);
            assert!(error.at == at && error.what.contains(what), "{text}: {error:?}");
        }
    }

    #[test]
    fn hostile_filters_end_quickly() {
        let many = |text: &str, n| text.repeat(n);
        for text in [
            many("(", 10_000),
            many("-", 10_000),
            many("(-", 10_000),
            format!("{}a{}", many("(", 10_000), many(")", 10_000)),
            many("a", 1 << 20),
            many("a|", 1 << 19),
            "/(a{1000}){1000}/".to_owned(),
            "/\\w{1000}{1000}/".to_owned(),
            format!("/{}a{}/", many("(", 1_000), many(")", 1_000)),
            many("/a{500}/ ", 100),
            many("host: ", 5_000),
        ] {
            let began = Instant::now();
            let error = Filter::read(&text, now()).expect_err("too much");
            let long = error.what.chars().count();
            assert!(long < 200, "{long} characters: {error}");
            assert!(began.elapsed() < Duration::from_secs(5), "{error}");
        }
        let slow = read("host:/(a|a|a?)*b/ | host:/(x+x+)+y/");
        let long = Row { host: Some("ax".repeat(5_000).as_str().into()), ..row() };
        assert!(!slow.passes(&long, &ColumnWords::default()));
    }

    #[test]
    fn letters_of_every_script_whatever_their_case() {
        let words = ColumnWords::default();
        for recipient in ["ΣΣ@Elm.example", "GRÖSSE@elm.example"] {
            let row = Row { recipient: Some(recipient.into()), ..row() };
            for text in [recipient.to_owned(), recipient.to_lowercase(), "ELM".to_owned()] {
                assert!(read(&text).passes(&row, &words), "{text} {recipient}");
            }
        }
        let row = Row { queue_id: Some("ΑΣ".into()), host: Some("ΣΣ.example".into()), ..row() };
        for text in ["queue:ΑΣ", "host:ΣΣ.", "/ας/", "-\"ΑΣ x\""] {
            assert!(read(text).passes(&row, &words), "{text}");
        }
    }

    #[test]
    fn what_a_row_has_filters_for_it() {
        for language in Language::ALL {
            let words = ColumnWords::of(*language);
            for field in Field::ALL {
                let Some(value) = field.of(&row(), &words) else { continue };
                let filter = Filter::default().toggled(*field, &value).expect("a value");
                assert!(filter.passes(&row(), &words), "{value}");
                assert!(read(filter.text()).passes(&row(), &words), "{value}");
            }
        }
    }

    #[test]
    fn narrowed_and_widened() {
        let one = read("oak").toggled(Field::Who, "us").expect("a party");
        assert_eq!(one.text(), "oak who:us");
        let two = one.toggled(Field::Status, "5.7.1").expect("a status");
        assert_eq!(two.text(), "oak who:us status:5.7.1");
        assert_eq!(two.toggled(Field::Who, "us").expect("a party").text(), "oak status:5.7.1");
        assert_eq!(two.popped().text(), "oak who:us");
        assert!(read("oak").popped().is_empty());
        let either = read("oak | elm").toggled(Field::Who, "us").expect("a party");
        assert_eq!(either.text(), "(oak | elm) who:us");
    }

    #[test]
    fn words_of_the_language_that_is_shown() {
        let (polish, english) = (ColumnWords::of(Language::Pl), ColumnWords::default());
        for text in ["blokad", "who:my", "who:us", "us", "who:our_system"] {
            assert!(read(text).passes(&row(), &polish), "{text}");
        }
        for text in ["blokad", "who:my"] {
            assert!(!read(text).passes(&row(), &english), "{text}");
        }
        let mut theirs = row();
        theirs.class.party = Party::RecipientSystem;
        for text in ["who:their_sys", "who:their_it", "who:\"their IT\"", "who:recipient_system"] {
            assert!(read(text).passes(&theirs, &english), "{text}");
        }
    }

    #[test]
    fn what_comes_next_is_counted() {
        let mut rows = [row(), Row { host: None, ..row() }, row()];
        rows[1].class.party = Party::Sender;
        let offers = |head: &str| {
            let done = complete(head, rows.iter(), &ColumnWords::default(), now());
            let texts = done.candidates.iter().map(|one| format!("{} {}", one.text, one.rows));
            (done.start, texts.collect::<Vec<_>>().join(", "))
        };
        assert_eq!(offers("oak (h"), (5, "host: 2".to_owned()));
        assert_eq!(offers("who:"), (4, "us 2, sender 1".to_owned()));
        assert_eq!(offers("-who:us|S"), (8, "sender 1, us 2".to_owned()));
        assert_eq!(offers("is:f"), (3, "failed 3".to_owned()));
        assert_eq!(offers("age:<1"), (4, "<1d 3, <1w 3, <1h 0".to_owned()));
        assert_eq!(offers("nothing"), (0, String::new()));
        assert!(offers("").1.starts_with("status: 3, code: 3"));
    }

    fn value(field: Option<Field>) -> BoxedStrategy<Option<FilterValue>> {
        let text = "[a-zäL0-9 .:|()\"'/!_\\\\-]{1,8}";
        prop_oneof![
            6 => text.prop_map(move |text| FilterValue::read(field, &text).ok()),
            1 => "[a-z.+]{1,5}/?".prop_map(move |text| FilterValue::pattern(field, &text).ok()),
            1 => "[<>][0-9][mhdw]|[0-9][mhdw]|failed|ours|2026-05-0[1-9]"
                .prop_map(move |text| FilterValue::read(field, &text).ok()),
        ]
        .boxed()
    }

    fn expr() -> impl Strategy<Value = Expr> {
        let field =
            prop_oneof![Just(None), proptest::sample::select(Field::ALL.to_vec()).prop_map(Some)];
        let term = field.prop_flat_map(|field| {
            prop::collection::vec(value(field), 1..4).prop_filter_map("no value", move |values| {
                let values: Vec<FilterValue> = values.into_iter().flatten().collect();
                (!values.is_empty()).then_some(Expr::Term(field, values))
            })
        });
        term.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::All),
                prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Any),
                inner.prop_map(|term| Expr::Not(Box::new(term))),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

        #[test]
        fn written_and_read_again_it_is_the_same(expr in expr()) {
            let text = expr.to_string();
            prop_assert_eq!(parser::parse(&text), Ok(Some(expr)), "{}", text);
        }

        #[test]
        fn a_negation_passes_what_does_not(expr in expr()) {
            let (row, words) = (row(), ColumnWords::default());
            let passes = read(&expr.to_string()).passes(&row, &words);
            let negated = read(&format!("-({expr})")).passes(&row, &words);
            prop_assert_ne!(passes, negated);
        }

        #[test]
        fn any_text_is_read_or_refused_inside_it(text in "[a-z:|()\"/!<>\\\\ é-]{0,40}") {
            match Filter::read(&text, now()) {
                Ok(filter) => { let _ = filter.passes(&row(), &ColumnWords::default()); }
                Err(error) => prop_assert!(error.at <= text.chars().count()),
            }
        }
    }
}
