//! What to tell people about a delivery, in five languages: data in `assets/guidance/*.toml`,
//! placeholders filled from the message.

use crate::bounce::{Bounce, Kind};
use crate::mail::find::position;
use crate::mail::{SafeText, Stamp, address};

use super::backscatter::Backscatter;
use super::case::Case;
use super::facts::is_of_microsoft;
use super::judgement::Ground;
use super::language::{Advice, Entry, Language};
use super::party::Party;
use super::reason::Reason;
use super::remedy::Permanence;
use super::rules::{Family, Rule};
use super::steps::{Measure, guidance_of, is_general, steps};
use super::tree571::{Branch, Tree};
use super::values::Values;

/// The guidance for one delivery, filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guidance {
    /// Its name.
    pub label: String,
    /// For the person who sent the mail.
    pub user: Advice,
    /// For the administrators.
    pub admin: Advice,
    /// For the owner of a group.
    pub owner: Option<Advice>,
    /// PowerShell commands for the administrators.
    pub commands: Vec<String>,
    /// What can be done, each step with a page or a command.
    pub steps: Vec<Measure>,
    /// The steps are those of the rule, and the advice is that of the reason, which knows less.
    pub steps_first: bool,
    /// Whose answer it is, as a sentence.
    pub provider: Option<String>,
    /// Whether waiting helps, as a sentence.
    pub permanence: Option<&'static str>,
    /// Nothing failed or waits: there is nothing to repair, and nobody is told.
    pub notice: bool,
    /// The message that the sender is told about.
    pub message: Sent,
    /// Where the 5.7.1 decision tree leads.
    pub branch: Option<Branch>,
    /// The sign that leads there; where the advice is that of the branch.
    pub why: Option<String>,
}

/// What the sender knows of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// To whom it went.
    pub recipient: Option<SafeText>,
    /// Its subject.
    pub subject: Option<SafeText>,
    /// When it was written.
    pub date: Option<Stamp>,
}

impl Sent {
    fn of(case: &Case<'_>) -> Self {
        let delivery = case.delivery;
        let asked = delivery.original_recipient.as_ref().or(delivery.recipient.as_ref());
        let original = case.bounce.original.as_ref();
        Self {
            recipient: asked.cloned(),
            subject: original.and_then(|original| original.subject.clone()),
            date: original.and_then(|original| original.date),
        }
    }
}

/// The entry that speaks of a delivery.
struct Chosen<'c> {
    key: &'c str,
    /// It is about this answer and not only about its reason.
    own: bool,
}

impl<'c> Chosen<'c> {
    fn of(case: &Case<'c>, branch: Option<Branch>) -> Self {
        let verdict = case.verdict;
        if let Some(key) = of_hosts(case) {
            return Self { key, own: true };
        }
        let row = verdict.rule.as_deref().and_then(|rule| rule.guidance.as_deref());
        if let Some(branch) = branch
            && speaks(branch, row, case)
        {
            return Self { key: branch.slug(), own: true };
        }
        match row.or_else(|| guidance_of(verdict.rule.as_deref()?)) {
            Some(key) => Self { key, own: true },
            None => Self { key: verdict.reason.slug(), own: verdict.reason == Reason::Deferred },
        }
    }
}

/// Guidance that does not hang on the answer alone: on what became of the message, on whether we
/// sent it, and on whose hosts are involved.
fn of_hosts(case: &Case<'_>) -> Option<&'static str> {
    let verdict = case.verdict;
    if case.kind() == Kind::Delay {
        let put_off = verdict.reason == Reason::Deferred;
        return Some(if put_off { "delay-deferred" } else { "kind-delay" });
    }
    if case.origin.verdict == Backscatter::Yes {
        return Some("kind-backscatter");
    }
    let recipient = address::domain(case.delivery.recipient.as_deref().unwrap_or(""));
    match (verdict.reason, verdict.judgement.ground, verdict.judgement.party) {
        (Reason::SenderAuth, Ground::ForeignAddress(_) | Ground::Forwarded, _) => Some("forwarder"),
        (Reason::Network, _, Party::OurSystem) if lacks_ipv6(case) => Some("no_ipv6"),
        (Reason::UserUnknown, _, Party::OurSystem)
            if case.ours.has_domain(&recipient) && !names_guidance(case) =>
        {
            Some("unknown_here")
        }
        _ => None,
    }
}

/// True where our own host found no way to an IPv6 address.
fn lacks_ipv6(case: &Case<'_>) -> bool {
    let remote = case.delivery.remote.as_ref().and_then(|remote| remote.ip);
    let said = case.delivery.said.as_ref();
    let words = said.map_or("", |said| said.answer().words);
    remote.is_some_and(|ip| ip.is_ipv6()) && position(words, "unreachable").is_some()
}

fn names_guidance(case: &Case<'_>) -> bool {
    case.verdict.rule.as_ref().is_some_and(|rule| rule.guidance.is_some())
}

/// True where a branch of the 5.7.1 tree knows more of a delivery than the row of the code table or
/// the text of the reason.
fn speaks(branch: Branch, row: Option<&str>, case: &Case<'_>) -> bool {
    if row == Some(branch.slug()) {
        return true;
    }
    if case.verdict.judgement.party == Party::Nobody || row.is_some_and(|row| !is_general(row)) {
        return false;
    }
    let rule = case.verdict.rule.as_deref();
    if row.is_none() && rule.and_then(guidance_of).is_some() {
        return false;
    }
    let known = rule.is_some_and(|rule: &Rule| !rule.actions.is_empty() || rule.help.is_some());
    let microsoft = rule.is_some_and(|rule| rule.family == Family::Microsoft)
        || is_of_microsoft(case.bounce, case.delivery);
    match branch {
        Branch::PublicLogin | Branch::RelayLogin => true,
        Branch::Outside | Branch::NotOurs => false,
        Branch::FlowRule => microsoft && case.verdict.judgement.party == Party::OurSystem,
        Branch::Blocklist | Branch::Authentication | Branch::ReverseDns | Branch::WrongMx => {
            microsoft && row.is_none() && !known
        }
        _ => microsoft,
    }
}

/// The guidance for one delivery. Kinds that are no failures have their own.
#[must_use]
pub fn guidance(language: Language, case: &Case<'_>) -> Guidance {
    let kind = case.kind();
    if !matches!(kind, Kind::Failure | Kind::Delay) {
        return of_kind(language, kind);
    }
    let branch =
        if kind == Kind::Failure { Tree::of(case).map(|tree| tree.branch()) } else { None };
    let chosen = Chosen::of(case, branch);
    let entries = language.entries();
    let Some(entry) = entries.get(chosen.key) else { return Guidance::default() };
    let values = Values::of(language, case);
    let mut told = fill(entry, &values);
    told.branch = branch;
    if case.origin.verdict == Backscatter::Yes {
        return told;
    }
    if let Some(branch) = branch
        && let Some(entry) = entries.get(branch.slug())
        && case.verdict.judgement.party != Party::Nobody
    {
        // What the owner of a group and PowerShell can do holds under a row of the code table too.
        let extra = fill(entry, &values);
        told.owner = told.owner.or(extra.owner);
        if told.commands.is_empty() {
            told.commands = extra.commands;
        }
    }
    let theirs = case.verdict.judgement.party == Party::RecipientSystem;
    if theirs {
        // They are for the administrators of the Exchange that refused.
        told.commands.clear();
    }
    let rule = case.verdict.rule.as_deref();
    told.steps = steps(language, case, chosen.key, &values);
    told.steps_first = !chosen.own && (theirs || rule.is_some_and(|rule| !rule.actions.is_empty()));
    if rule.is_some_and(|rule| rule.provider.is_some()) {
        told.provider = Some(values.fill(language.word("answer_of")));
    }
    told.permanence = permanence(language, case);
    told.message = Sent::of(case);
    told
}

/// Whether waiting helps, in words; None where nothing says so.
fn permanence(language: Language, case: &Case<'_>) -> Option<&'static str> {
    let key = match case.permanence() {
        Permanence::Either => return None,
        Permanence::Temporary if case.kind() == Kind::Failure => "permanence.given_up",
        Permanence::Temporary => "permanence.temporary",
        Permanence::Permanent => "permanence.permanent",
        Permanence::EndsByItself => "permanence.ends_by_itself",
        Permanence::Never => "permanence.never",
    };
    Some(language.word(key))
}

/// What one branch of the 5.7.1 tree says, with the values of a delivery: for walking through the
/// tree.
#[must_use]
pub fn of_branch(language: Language, branch: Branch, case: &Case<'_>) -> Guidance {
    let Some(entry) = language.entries().get(branch.slug()) else { return Guidance::default() };
    let filled = fill(entry, &Values::of(language, case));
    Guidance { branch: Some(branch), ..filled }
}

/// The guidance for a message that tells of no delivery. Not every feedback report complains: what
/// says something else has its own words.
#[must_use]
pub fn of_message(language: Language, bounce: &Bounce) -> Guidance {
    if let Some(feedback) = bounce.feedback_type
        && let Some(entry) = language.entries().get(&format!("kind-arf-{}", feedback.slug()))
    {
        return Guidance { notice: true, ..fill(entry, &Values::default()) };
    }
    of_kind(language, bounce.kind)
}

/// The guidance for a kind of message; a failure of which no delivery is known says nothing clear.
#[must_use]
pub fn of_kind(language: Language, kind: Kind) -> Guidance {
    let key = match kind {
        Kind::Failure => Reason::Unknown.slug().to_owned(),
        kind => format!("kind-{}", kind.slug()),
    };
    let Some(entry) = language.entries().get(&key) else { return Guidance::default() };
    let notice = !matches!(kind, Kind::Failure | Kind::Delay);
    Guidance { notice, ..fill(entry, &Values::default()) }
}

fn fill(entry: &Entry, values: &Values) -> Guidance {
    let commands = entry.commands.iter();
    Guidance {
        label: entry.label.clone(),
        user: fill_advice(&entry.user, values),
        admin: fill_advice(&entry.admin, values),
        owner: entry.owner.as_ref().map(|owner| fill_advice(owner, values)),
        commands: commands.map(|command| values.powershell(command)).collect(),
        why: entry.why.clone(),
        ..Guidance::default()
    }
}

fn fill_advice(advice: &Advice, values: &Values) -> Advice {
    Advice {
        cause: values.fill(&advice.cause),
        steps: advice.steps.iter().map(|step| values.fill(step)).collect(),
    }
}
