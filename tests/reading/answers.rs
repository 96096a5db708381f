//! The same answer means the same in every frame: each row of `tests/vectors/answers` is what one
//! operator's server says, put into the reports that the mail systems of the world write about it.
//! Rule, reason and owner must be those of the row, whoever wrote the report.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use deadletter::bounce;
use deadletter::diagnosis::{Confidence, Ours, Party, Reason, Rules, diagnose};
use serde::Deserialize;

use crate::frames::{Answer, FRAMES, Frame, Step};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    answer: Vec<Row>,
}

/// What one operator's server says, and what it means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// The rule that recognises it; none where any may.
    rule: Option<String>,
    /// The host that answers.
    host: String,
    /// The recipient.
    recipient: String,
    step: Step,
    /// It means that only in this step, or only from this host: asked in the frames that tell it.
    #[serde(default)]
    needs: Needs,
    /// The lines of the answer as they went over the wire.
    text: String,
    reason: Reason,
    owner: Party,
    /// The most that may be claimed.
    confidence_max: Option<Confidence>,
    /// The least that must be.
    confidence_min: Option<Confidence>,
}

/// What a frame has to tell so that an answer is understood.
#[derive(Clone, Copy, Default, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Needs {
    #[default]
    Nothing,
    Step,
    Host,
    Both,
}

impl Needs {
    fn are_met_by(self, frame: &Frame) -> bool {
        match self {
            Self::Nothing => true,
            Self::Step => frame.tells_step,
            Self::Host => frame.names_host,
            Self::Both => frame.tells_step && frame.names_host,
        }
    }
}

/// Whose side is ours in all frames.
fn ours() -> Ours {
    toml::from_str(
        "domains = ['birch.example']\n\
         hosts = ['mx1.birch.example']\n\
         ips = ['192.0.2.0/26', '2001:db8:b1::/48']\n\
         relays = ['b224-12.smtp-out.amazonses.com']",
    )
    .expect("whose side is ours")
}

fn rows() -> Vec<(String, Row)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/answers");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the answers are there")
        .map(|entry| entry.expect("an entry that can be read").path())
        .collect();
    paths.sort();
    let mut rows = Vec::new();
    for path in paths {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}"));
        let file: File = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        rows.extend(file.answer.into_iter().map(|row| (name.clone(), row)));
    }
    rows
}

#[test]
fn an_answer_means_the_same_in_every_frame() {
    let ours = ours();
    let (mut wrong, mut tried) = (String::new(), 0);
    for (file, row) in rows() {
        let answer = Answer {
            host: &row.host,
            recipient: &row.recipient,
            step: row.step,
            lines: row.text.trim().lines().map(str::trim).collect(),
        };
        let told = answer.lines[0];
        for frame in &FRAMES {
            if !row.needs.are_met_by(frame) {
                continue;
            }
            let raw = frame.report(&answer);
            tried += 1;
            let bounce = bounce::read(raw.as_bytes());
            let diagnosis = diagnose(&bounce, Rules::standard(), &ours);
            let at = format!("{file}: {}: {told}", frame.name);
            let [verdict] = &diagnosis.verdicts[..] else {
                let kind = bounce.kind;
                let count = diagnosis.verdicts.len();
                let _ = writeln!(wrong, "{at}: {count} recipients of a {kind}");
                continue;
            };
            let judgement = verdict.judgement;
            let sure = judgement.confidence;
            let right = verdict.reason == row.reason
                && judgement.party == row.owner
                && row.rule.as_deref().is_none_or(|rule| rule == verdict.rule_id())
                && row.confidence_max.is_none_or(|most| sure <= most)
                && row.confidence_min.is_none_or(|least| sure >= least);
            if !right {
                let _ = writeln!(
                    wrong,
                    "{at}: {} {} ({sure}) by {}, not {} {} by {}",
                    verdict.reason,
                    judgement.party,
                    verdict.rule_id(),
                    row.reason,
                    row.owner,
                    row.rule.as_deref().unwrap_or("any"),
                );
            }
        }
    }
    assert!(tried > 0, "no answer was tried");
    assert!(wrong.is_empty(), "{} of {tried}:\n{wrong}", wrong.lines().count());
}
