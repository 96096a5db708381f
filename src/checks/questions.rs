//! Which questions decide a delivery: what its rule's actions, its reason and the 5.7.1 tree send an
//! administrator to look up.

use std::net::IpAddr;

use crate::bounce::Kind;
use crate::bounce::remote::is_host_name;
use crate::diagnosis::hosts::{is_microsoft, is_private};
use crate::diagnosis::remedy::Remedy;
use crate::diagnosis::tree571::{Branch, Tree};
use crate::diagnosis::{Backscatter, Case, Language, Reason, guidance, named};
use crate::mail::find::position;
use crate::mail::{SafeText, address};

use super::check::Check;
use super::dkim::KeyQuestion;
use super::dmarc::DmarcQuestion;
use super::dnsbl::{ListQuestion, ListSubject};
use super::mx::MxQuestion;
use super::ptr::{HeloQuestion, PtrQuestion};
use super::question::{CheckQuestion, CheckSubject};
use super::sender::SpfQuestion;
use super::world::DnsName;

/// Addresses of ours that are asked about.
const ADDRESSES: usize = 4;
/// Signatures that are asked about.
const SIGNATURES: usize = 4;

/// The questions that decide a delivery, the one it most likely hangs on first; none about what did
/// not fail, or was never sent by us.
#[must_use]
pub fn questions(case: &Case<'_>) -> Vec<CheckQuestion> {
    let fails = matches!(case.kind(), Kind::Failure | Kind::Delay);
    if !fails || case.origin.verdict == Backscatter::Yes {
        return Vec::new();
    }
    let asker = CaseQuestions::of(case);
    let mut questions: Vec<CheckQuestion> = Vec::new();
    for check in asker.checks() {
        let claimed = asker.claims(check);
        for subject in asker.subjects(check) {
            let question = CheckQuestion { subject, claimed };
            if !questions.contains(&question) {
                questions.push(question);
            }
        }
    }
    questions
}

/// What questions are made of.
struct CaseQuestions<'c> {
    case: &'c Case<'c>,
    actions: Vec<Remedy>,
    branch: Option<Branch>,
    /// What was said.
    words: &'c str,
    recipient: Option<DnsName>,
    /// The envelope sender, else the author: local part and domain.
    sender: Option<(String, DnsName)>,
    /// Our addresses that may have sent it.
    ips: Vec<IpAddr>,
}

impl<'c> CaseQuestions<'c> {
    fn of(case: &'c Case<'c>) -> Self {
        let steps = guidance(Language::En, case).steps;
        let said = case.delivery.last_error.as_ref().or(case.delivery.said.as_ref());
        Self {
            case,
            actions: steps.iter().map(|step| step.action).collect(),
            branch: Tree::of(case).map(|tree| tree.branch()),
            words: said.map_or("", |said| said.text.as_str()),
            recipient: domain(case.delivery.recipient.as_ref()),
            sender: sender(case),
            ips: our_addresses(case),
        }
    }

    /// What is to be checked, each once.
    fn checks(&self) -> Vec<Check> {
        let mut checks = Vec::new();
        for check in of_reason(self.case.verdict.reason) {
            put(&mut checks, *check);
        }
        if let Some(branch) = self.branch {
            for check in of_branch(branch) {
                put(&mut checks, *check);
            }
        }
        for action in &self.actions {
            for check in of_action(*action) {
                put(&mut checks, *check);
            }
        }
        checks
    }

    /// Whether the message itself tells of this fault; else it is only suspected.
    fn claims(&self, check: Check) -> bool {
        let says = |word: &str| position(self.words, word).is_some();
        let reason = self.case.verdict.reason;
        match check {
            Check::Registered => reason == Reason::DomainInvalid,
            Check::Mx => {
                let microsoft = self.branch == Some(Branch::WrongMx);
                matches!(reason, Reason::DomainInvalid | Reason::RelayDenied)
                    || microsoft
                    || says("mx record")
                    || says("no mx")
            }
            // An address of others was refused: they passed it on.
            Check::Spf if self.refuses_others() => false,
            Check::Spf => says("spf") || reason == Reason::SenderAuth && self.names_no_method(),
            Check::Dkim => says("dkim") || reason == Reason::SenderAuth && self.names_no_method(),
            Check::Dmarc => says("dmarc"),
            Check::Ptr => reason == Reason::ReverseDns,
            Check::Helo => says("helo") || says("ehlo"),
            Check::Dnsbl => reason == Reason::IpReputation,
            Check::MtaSts => says("mta-sts") || says("sts-"),
            Check::Tlsa => says("dane") || says("tlsa"),
            Check::Port25 => matches!(reason, Reason::Network | Reason::Expired),
        }
    }

    /// True when the answer refuses an address that is known not to be ours.
    fn refuses_others(&self) -> bool {
        let ours = self.case.ours;
        named::ip(self.case).is_some_and(|ip| ours.lists_such(ip) && !ours.has_ip(ip))
    }

    fn names_no_method(&self) -> bool {
        let methods = ["spf", "dkim", "dmarc"];
        !methods.iter().any(|method| position(self.words, method).is_some())
    }

    /// What a check is about; nothing where the message does not tell.
    fn subjects(&self, check: Check) -> Vec<CheckSubject> {
        let mut subjects = Vec::new();
        match check {
            Check::Registered => {
                subjects.extend(self.recipient.clone().map(CheckSubject::Registered));
            }
            Check::Mx => subjects.extend(self.mx().map(CheckSubject::Mx)),
            Check::Spf => subjects.extend(self.spf().map(CheckSubject::Spf)),
            Check::Dkim => {
                for (_, name) in self.signatures() {
                    subjects.push(CheckSubject::Dkim(KeyQuestion { name }));
                }
            }
            Check::Dmarc => subjects.extend(self.dmarc().map(CheckSubject::Dmarc)),
            Check::Ptr => {
                for ip in &self.ips {
                    subjects.push(CheckSubject::Ptr(PtrQuestion { ip: *ip }));
                }
            }
            Check::Helo => {
                if let Some(name) = self.helo() {
                    let ips = self.ips.clone();
                    subjects.push(CheckSubject::Helo(HeloQuestion { name, ips }));
                }
            }
            Check::Dnsbl => subjects.extend(self.lists().into_iter().map(CheckSubject::Dnsbl)),
            Check::MtaSts => subjects.extend(self.recipient.clone().map(CheckSubject::MtaSts)),
            Check::Tlsa => {
                if let Some(domain) = self.recipient.clone() {
                    subjects.push(CheckSubject::Tlsa { domain, host: self.refusing() });
                }
            }
            Check::Port25 => {
                if let Some(domain) = self.recipient.clone() {
                    subjects.push(CheckSubject::Port25 { domain });
                }
            }
        }
        subjects
    }

    /// The host that refused, by its name.
    fn refusing(&self) -> Option<DnsName> {
        let name = self.case.delivery.remote.as_ref()?.name.as_ref()?;
        DnsName::read(name)
    }

    fn mx(&self) -> Option<MxQuestion> {
        let case = self.case;
        let domain = self.recipient.clone()?;
        let remote = case.delivery.remote.as_ref();
        let name = self.refusing();
        let generator = case.bounce.generating_server.as_deref().unwrap_or("");
        let by_microsoft = name.as_ref().is_some_and(|name| is_microsoft(name.as_str()))
            || is_microsoft(generator);
        let routes =
            matches!(self.branch, Some(Branch::WrongMx | Branch::Enrolment | Branch::Hybrid));
        let misrouted = case.verdict.reason == Reason::RelayDenied;
        let ours = case.ours.has_domain(domain.as_str());
        Some(MxQuestion {
            refused_by: (name, remote.and_then(|remote| remote.ip)),
            // At Exchange Online the host is right and the domain is not enrolled.
            misrouted: misrouted && !by_microsoft,
            exchange_online: by_microsoft && ours && (routes || misrouted),
            domain,
        })
    }

    fn spf(&self) -> Option<SpfQuestion> {
        let (local, domain) = self.sender.clone()?;
        Some(SpfQuestion { domain, local, helo: self.helo(), ips: self.ips.clone() })
    }

    fn dmarc(&self) -> Option<DmarcQuestion> {
        let original = self.case.bounce.original.as_ref();
        let author = original.and_then(|original| original.author.as_ref());
        let author = match domain(author) {
            Some(author) => author,
            None => self.sender.clone()?.1,
        };
        Some(DmarcQuestion {
            author,
            spf: self.spf(),
            signatures: self.signatures(),
            has_header: original.is_some_and(|original| original.message_id.is_some()),
        })
    }

    /// The signatures of the returned message: who signed, and the name of the key.
    fn signatures(&self) -> Vec<(DnsName, DnsName)> {
        let mut signatures = Vec::new();
        let Some(original) = &self.case.bounce.original else { return signatures };
        for signature in &original.signatures {
            let Some(signer) = DnsName::read(&signature.domain) else { continue };
            let labels = format!("{}._domainkey", signature.selector);
            let Some(key) = signer.below(&labels) else { continue };
            if !signatures.contains(&(signer.clone(), key.clone())) {
                signatures.push((signer, key));
            }
        }
        signatures.truncate(SIGNATURES);
        signatures
    }

    /// The name our server greets with: the one an answer refuses, else that of our host.
    fn helo(&self) -> Option<DnsName> {
        if let Some(name) = refused_helo(self.words) {
            return DnsName::read(name);
        }
        let ours = self.case.ours;
        if let Some(host) = self.case.bounce.generating_server.as_deref()
            && (ours.has_host(host) || ours.is_empty())
        {
            return DnsName::read(host);
        }
        DnsName::read(ours.hosts.first()?)
    }

    /// The list that the answer names, about what it names; lists of addresses do not know domains.
    fn lists(&self) -> Vec<ListQuestion> {
        let mut lists = Vec::new();
        let Some(zone) = named::list(self.words).as_deref().and_then(DnsName::read) else {
            return lists;
        };
        if let Some(ip) = self.listed_address() {
            let listed = ListSubject::Address(ip);
            lists.push(ListQuestion { zone, listed });
        } else if let Some((_, domain)) = self.sender.clone() {
            lists.push(ListQuestion { zone, listed: ListSubject::Domain(domain) });
        }
        lists
    }

    /// The address that the answer refuses; where it names none and no domain of ours either, the
    /// only one we send from.
    fn listed_address(&self) -> Option<IpAddr> {
        if let Some(ip) = named::ip(self.case) {
            return Some(ip).filter(|ip| !is_private(*ip));
        }
        let names_domain = self
            .sender
            .as_ref()
            .is_some_and(|(_, domain)| position(self.words, domain.as_str()).is_some());
        match self.ips.as_slice() {
            [only] if !names_domain => Some(*only),
            _ => None,
        }
    }
}

fn put(checks: &mut Vec<Check>, check: Check) {
    if !checks.contains(&check) {
        checks.push(check);
    }
}

fn of_reason(reason: Reason) -> &'static [Check] {
    use Check::{Dkim, Dmarc, Dnsbl, Helo, Mx, Port25, Ptr, Registered, Spf, Tlsa};
    match reason {
        Reason::DomainInvalid => &[Registered, Mx],
        Reason::RelayDenied => &[Mx],
        Reason::SenderAuth => &[Spf, Dkim, Dmarc],
        Reason::ReverseDns => &[Ptr, Helo],
        Reason::IpReputation => &[Dnsbl],
        Reason::Network | Reason::Expired => &[Registered, Mx, Port25],
        Reason::Tls => &[Tlsa, Check::MtaSts, Port25],
        _ => &[],
    }
}

fn of_branch(branch: Branch) -> &'static [Check] {
    match branch {
        Branch::WrongMx | Branch::Enrolment | Branch::Hybrid => &[Check::Mx],
        Branch::Authentication => &[Check::Spf, Check::Dkim, Check::Dmarc],
        Branch::ReverseDns => &[Check::Ptr],
        Branch::Blocklist => &[Check::Dnsbl],
        _ => &[],
    }
}

fn of_action(action: Remedy) -> &'static [Check] {
    match action {
        Remedy::CheckMx => &[Check::Registered, Check::Mx],
        Remedy::CheckSpf => &[Check::Spf],
        Remedy::CheckDkim => &[Check::Dkim],
        Remedy::CheckDmarc => &[Check::Dmarc],
        Remedy::CheckPtr => &[Check::Ptr],
        Remedy::CheckHelo => &[Check::Helo],
        Remedy::CheckDnsbl | Remedy::CheckDomainList => &[Check::Dnsbl],
        Remedy::CheckMtaSts => &[Check::MtaSts],
        Remedy::CheckDane => &[Check::Tlsa],
        Remedy::CheckPort25 => &[Check::Port25],
        _ => &[],
    }
}

/// The domain of an address, where it can be asked about.
fn domain(address: Option<&SafeText>) -> Option<DnsName> {
    DnsName::read(&address::domain(address?)).filter(|domain| domain.as_str().contains('.'))
}

fn sender(case: &Case<'_>) -> Option<(String, DnsName)> {
    let original = case.bounce.original.as_ref();
    let author = original.and_then(|original| original.author.clone());
    let named = named::sender(case).or_else(|| case.bounce.return_path().cloned());
    for address in [named, author].into_iter().flatten() {
        if let Some(domain) = domain(Some(&address)) {
            return Some((address::local(&address).to_owned(), domain));
        }
    }
    None
}

/// The address of ours that the answer names, else those that are configured one by one.
fn our_addresses(case: &Case<'_>) -> Vec<IpAddr> {
    if let Some(ip) = named::ip(case)
        && (case.ours.has_ip(ip) || !case.ours.lists_such(ip))
        && !is_private(ip)
    {
        return vec![ip];
    }
    let mut addresses = case.ours.addresses();
    addresses.retain(|ip| !is_private(*ip));
    addresses.truncate(ADDRESSES);
    addresses
}

/// The name in `<name>: Helo command rejected`.
fn refused_helo(words: &str) -> Option<&str> {
    let at = position(words, ": helo command rejected")?;
    let (_, name) = words[..at].trim_end_matches('>').rsplit_once(['<', ' '])?;
    if is_host_name(name) || name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Some(name);
    }
    None
}
