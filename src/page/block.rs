//! The blocks of a page, and the page they make.

use std::sync::Arc;

use crate::listing::Detail;
use crate::mail::SafeText;

/// A page: blocks from top to bottom.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The blocks.
    pub blocks: Vec<Block>,
}

/// A piece of a page.
#[derive(Clone, Debug)]
pub enum Block {
    /// Some air.
    Gap,
    /// The name of what follows, set off from what stands above.
    Heading(String),
    /// Running text.
    Text(Paragraph),
    /// Numbered steps.
    Steps(Vec<Task>),
    /// Commands to copy.
    Commands(Vec<String>),
    /// Names and values, the values in one column.
    Fields(Vec<Labelled>),
    /// What the message says, literally.
    Quote(String),
    /// The evidence among the lines around it.
    Excerpt(Excerpt),
    /// Header fields as they were written.
    Headers(Vec<Labelled>),
    /// The hops of a message.
    Way(Way),
    /// Where the way of a message turned.
    Turn(Turn),
    /// The message as it came.
    Source(Verbatim),
}

/// A numbered step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// What to do.
    pub text: String,
    /// The page or the command for it.
    pub way: Option<String>,
}

impl Task {
    /// Steps that need neither.
    pub(super) fn plain(steps: &[String]) -> Vec<Self> {
        let mut tasks = Vec::with_capacity(steps.len());
        for text in steps {
            tasks.push(Self { text: text.clone(), way: None });
        }
        tasks
    }
}

/// How much weight a text has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Like most.
    #[default]
    Plain,
    /// What is looked for.
    Strong,
    /// What can be skipped.
    Dim,
    /// What decides.
    Accent,
    /// What went wrong in the program.
    Error,
}

/// Running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// What stands before its first line; further ones are indented as far.
    pub lead: String,
    /// The text.
    pub text: String,
    /// Its weight.
    pub tone: Tone,
}

/// A name and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
    /// The weight of the value.
    pub tone: Tone,
}

/// Lines of a part around the evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The lines.
    pub lines: Vec<Quoted>,
}

/// A line of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// Its number in the part, counted from 1.
    pub number: usize,
    /// The line.
    pub text: String,
    /// It is part of the evidence.
    pub evidence: bool,
}

/// The hops of a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Way {
    /// What stands above the times, and above the hosts that handed over and took.
    pub titles: [&'static str; 3],
    /// How long all of it took; empty where that is not known.
    pub total: String,
    /// The hops, oldest first.
    pub hops: Vec<HopRow>,
    /// Says how many hops are left out in the middle.
    pub left_out: Option<String>,
}

/// A hop in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HopRow {
    /// The day, where it is another one than before.
    pub day: Option<String>,
    /// Time of the day, in UTC.
    pub time: Option<String>,
    /// The host that handed the message over.
    pub from: String,
    /// The host that took it.
    pub by: String,
    /// TLS version or protocol.
    pub with: String,
    /// How long it took since the hop before.
    pub delay: String,
    /// Its part of all waiting, 0 to 100.
    pub percent: f64,
    /// What is odd about it.
    pub oddities: Vec<&'static str>,
    /// It took the longest, and long.
    pub slowest: bool,
    /// What its host found out about the sender.
    pub checks: Vec<SafeText>,
}

/// Where the way of a message turned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// It broke here; else the report came back from here.
    pub broken: bool,
    /// The day, where it is another one than before.
    pub day: Option<String>,
    /// Time of the day, in UTC; empty where it is not known.
    pub time: String,
    /// What happened.
    pub text: String,
    /// The answer of the server.
    pub said: Option<String>,
}

/// A message as it came, or decoded. Its lines can be many: they stay where they are.
#[derive(Clone, Debug)]
pub struct Verbatim {
    /// The message.
    pub message: Arc<Detail>,
    /// Its parts are shown as text.
    pub decoded: bool,
    /// A text by which the line of the evidence is found.
    pub proof: Option<String>,
}

impl Verbatim {
    /// The lines.
    #[must_use]
    pub fn lines(&self) -> &[SafeText] {
        let inspection = &self.message.inspection;
        match &inspection.decoded {
            Some(decoded) if self.decoded => &decoded.lines,
            _ => &inspection.source,
        }
    }

    /// True for a line that is the heading of a part.
    #[must_use]
    pub fn is_heading(&self, line: usize) -> bool {
        match &self.message.inspection.decoded {
            Some(decoded) if self.decoded => decoded.is_heading(line),
            _ => false,
        }
    }
}

impl Page {
    pub(super) fn gap(&mut self) {
        self.blocks.push(Block::Gap);
    }

    pub(super) fn heading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading(text.into()));
    }

    pub(super) fn text(&mut self, text: impl Into<String>, tone: Tone) {
        self.led("", text, tone);
    }

    /// A text behind a lead.
    pub(super) fn led(&mut self, lead: impl Into<String>, text: impl Into<String>, tone: Tone) {
        let paragraph = Paragraph { lead: lead.into(), text: text.into(), tone };
        self.blocks.push(Block::Text(paragraph));
    }

    pub(super) fn steps(&mut self, steps: &[String]) {
        self.tasks(Task::plain(steps));
    }

    pub(super) fn tasks(&mut self, tasks: Vec<Task>) {
        if !tasks.is_empty() {
            self.blocks.push(Block::Steps(tasks));
        }
    }

    pub(super) fn append(&mut self, other: Self) {
        self.blocks.extend(other.blocks);
    }
}
