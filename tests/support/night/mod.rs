//! Nights of bounces with a ledger of the truth: many reports of few causes, in the words, layouts
//! and languages of many mail systems, with ids, addresses and times that all differ. The causes
//! stand in `tests/vectors/nights`; the same seed makes the same night.

mod desks;
mod numbers;
mod story;
mod unix;

use std::collections::BTreeMap;

use deadletter::diagnosis::Party;
use serde::Deserialize;

use crate::frames::Step;

use numbers::Numbers;
use story::{Said, Story, Trouble, Waiting};

pub(crate) use story::ours;

/// A file of causes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Night {
    /// What the deliveries of the night failed on.
    #[serde(rename = "cause")]
    pub(crate) causes: Vec<TrueCause>,
}

/// Something that many deliveries failed on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrueCause {
    /// What happened, in a few words.
    pub(crate) name: String,
    /// Who really must act; None where that may be said in two ways.
    pub(crate) owner: Option<Party>,
    /// How many deliveries of a hundred.
    share: usize,
    /// Domains of the recipients, each with the host that answers for it: `oak.example mx.oak.example`.
    sites: Vec<String>,
    /// The step of the dialogue that is answered.
    #[serde(default)]
    step: Step,
    /// What the host says, in several wordings; see [`Story::filled`] for what is put in.
    #[serde(default)]
    words: Vec<String>,
    /// What hosts say whose names end so, instead of that.
    #[serde(default)]
    words_at: BTreeMap<String, Vec<String>>,
    /// What keeps the reporting host from being answered, in its own words.
    trouble: Option<Trouble>,
    /// The host that answers for all of them, where we send through another.
    by: Option<String>,
    /// What the recipients' own server says where it took the message and reports itself.
    #[serde(default)]
    theirs: Vec<String>,
    /// Whose mail it is; anybody's of ours where it is empty.
    #[serde(default)]
    senders: Vec<String>,
    /// Only these local parts of recipients.
    #[serde(default)]
    names: Vec<String>,
    /// What becomes of it: given up at once or in time, only warned of, or one after the other.
    #[serde(default)]
    ends: Ends,
    /// Somebody else wrote it in our name.
    #[serde(default)]
    forged: bool,
}

/// What becomes of the messages of a cause.
#[derive(Clone, Copy, Default, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Ends {
    #[default]
    Failed,
    Delayed,
    Expired,
    /// Half are warnings, half tell that the time ran out.
    Both,
}

/// A bounce, and the number of its true cause.
pub(crate) struct Told {
    pub(crate) cause: usize,
    pub(crate) raw: String,
}

impl Night {
    /// The night of a file.
    pub(crate) fn of(text: &str) -> Self {
        let night: Self = toml::from_str(text).unwrap_or_else(|e| panic!("{e}"));
        let shares: usize = night.causes.iter().map(|cause| cause.share).sum();
        assert_eq!((night.causes.len(), shares), (12, 100), "twelve causes, a hundred shares");
        night
    }

    /// So many bounces.
    pub(crate) fn bounces(&self, count: usize, seed: u64) -> Vec<Told> {
        let mut numbers = Numbers::of(seed);
        let mut bounces = Vec::with_capacity(count);
        for number in 0..count {
            let cause = self.cause_at(numbers.below(100));
            let raw = self.causes[cause].bounce(number, &mut numbers);
            bounces.push(Told { cause, raw });
        }
        bounces
    }

    fn cause_at(&self, mut share: usize) -> usize {
        for (at, cause) in self.causes.iter().enumerate() {
            if share < cause.share {
                return at;
            }
            share -= cause.share;
        }
        unreachable!("the shares are a hundred")
    }
}

impl TrueCause {
    /// What a host says.
    fn words_of(&self, host: &str) -> &[String] {
        for (end, words) in &self.words_at {
            if host.ends_with(end) {
                return words;
            }
        }
        &self.words
    }

    fn bounce(&self, number: usize, numbers: &mut Numbers) -> String {
        let (domain, host) =
            numbers.one(&self.sites).split_once(' ').expect("a domain and its host");
        let host = self.by.as_deref().unwrap_or(host);
        let mut story = Story::begin(domain, host, number, numbers);
        if !self.names.is_empty() {
            story.recipient = format!("{}@{domain}", numbers.one(&self.names));
        }
        if !self.senders.is_empty() {
            story.sender = numbers.one(&self.senders).clone();
        }
        story.forged = self.forged;
        story.waiting = match self.ends {
            Ends::Failed => Waiting::No,
            Ends::Delayed => Waiting::Still,
            Ends::Both if numbers.below(2) == 0 => Waiting::Still,
            Ends::Expired | Ends::Both => Waiting::Over,
        };
        let by_them = !self.theirs.is_empty() && (self.words.is_empty() || numbers.below(3) == 0);
        if by_them {
            let words = numbers.one(&self.theirs).as_str();
            story.said = Said::Own(story.filled(words, numbers));
            return desks::theirs(&story, numbers);
        }
        story.said = match self.trouble {
            Some(trouble) if self.words.is_empty() || numbers.below(3) == 0 => {
                Said::Trouble(trouble)
            }
            _ => {
                let words = numbers.one(self.words_of(host)).as_str();
                let words = story.filled(words, numbers);
                Said::Answer { step: self.step, words }
            }
        };
        match numbers.below(10) {
            0..7 => unix::ours(&story, numbers),
            _ => desks::ours(&story, numbers),
        }
    }
}
