//! Questions to the resolvers, each asked once.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::checks::{Data, DnsName, DnsRecord, DnsReply, Greeting, RecordKind, Trouble, World};

use crate::diagnosis::hosts::is_private;
use crate::mail::SafeText;

use super::budget::Budget;
use super::exchange::ask;
use super::greeting::greet;
use super::servers::Servers;
use super::wire::{DnsAnswer, DnsQuery};

/// How often each server is asked.
const ROUNDS: u32 = 2;
/// Aliases that are followed.
const ALIASES: usize = 8;
/// Questions in a row that nobody answered, after which nothing more is asked.
const SILENT: u32 = 6;
/// Where mail servers listen.
const PORT: u16 = 25;

/// Whom to ask, and what may be tried beside DNS.
#[derive(Clone, Debug)]
pub struct Resolver {
    /// Whom to ask; nobody where nothing may be asked.
    pub servers: Option<Servers>,
    /// Whether mail servers may be connected to.
    pub connect: bool,
    /// At which port they listen.
    pub port: u16,
    /// Whether those on private addresses may be: strangers name them in their own zones.
    pub private: bool,
}

impl Resolver {
    /// Asks these servers.
    #[must_use]
    pub fn new(servers: Servers, connect: bool) -> Self {
        Self { servers: Some(servers), connect, port: PORT, private: false }
    }

    /// Asks nobody.
    #[must_use]
    pub fn offline() -> Self {
        Self { servers: None, connect: false, port: PORT, private: false }
    }

    /// Asks within a budget. What was answered is not asked again.
    #[must_use]
    pub fn inquiry(&self, budget: Budget) -> DnsInquiry {
        DnsInquiry {
            resolver: self.clone(),
            budget,
            known: Mutex::default(),
            silent: Arc::default(),
        }
    }
}

/// One press of a key: questions within a budget.
#[derive(Debug)]
pub struct DnsInquiry {
    resolver: Resolver,
    budget: Budget,
    known: Mutex<HashMap<(DnsName, RecordKind), DnsReply>>,
    /// How many questions in a row nobody answered.
    silent: Arc<AtomicU32>,
}

impl World for DnsInquiry {
    fn ask(&self, name: &DnsName, kind: RecordKind) -> DnsReply {
        let key = (name.clone(), kind);
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let reply = match self.follow(name, kind) {
            Ok(reply) => reply,
            Err(trouble) => DnsReply::Trouble(trouble),
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(key, reply.clone());
        reply
    }

    fn greet(&self, ip: IpAddr) -> Greeting {
        if is_private(ip) && !self.resolver.private {
            return Greeting::Failure(SafeText::new("it is a private address, which is not tried"));
        }
        if self.resolver.connect {
            return greet(ip, self.resolver.port, &self.budget);
        }
        Greeting::NotTried
    }
}

impl DnsInquiry {
    /// Asks, and follows aliases to their end.
    fn follow(&self, name: &DnsName, kind: RecordKind) -> Result<DnsReply, Trouble> {
        let mut chain = Vec::new();
        let mut at = name.clone();
        for _ in 0..ALIASES {
            let query = DnsQuery::new(&at, kind).ok_or(Trouble::Name)?;
            let answer = self.exchange(&query)?;
            match walk(&query, kind, &answer, &mut chain)? {
                Walked::End(reply) => return Ok(reply),
                Walked::On(next) if !next.can_be_asked() => return Err(Trouble::Name),
                Walked::On(next) => at = next,
            }
        }
        Err(Trouble::Loop)
    }

    /// Asks the servers in their turn until one answers.
    fn exchange(&self, query: &DnsQuery) -> Result<DnsAnswer, Trouble> {
        let Some(servers) = &self.resolver.servers else { return Err(Trouble::Offline) };
        if self.silent.load(Ordering::Relaxed) >= SILENT {
            return Err(Trouble::Silent);
        }
        let mut trouble = Trouble::Silent;
        for _ in 0..ROUNDS {
            for server in &servers.0 {
                match self.ask_one(*server, query) {
                    Ok(answer) => {
                        self.silent.store(0, Ordering::Relaxed);
                        return Ok(answer);
                    }
                    Err(met @ (Trouble::Cancelled | Trouble::Spent | Trouble::Name)) => {
                        return Err(met);
                    }
                    // A server that says no tells more than one that says nothing.
                    Err(met) if met.is_of_network() && !trouble.is_of_network() => {}
                    Err(met) => trouble = met,
                }
            }
        }
        if trouble.is_of_network() {
            self.silent.fetch_add(1, Ordering::Relaxed);
        }
        Err(trouble)
    }

    fn ask_one(&self, server: SocketAddr, query: &DnsQuery) -> Result<DnsAnswer, Trouble> {
        self.budget.slice()?;
        match ask(server, query, &self.budget) {
            Ok(answer) if answer.refers => Err(Trouble::Lame),
            // The time of this one question is up, not that of all.
            Err(Trouble::Spent) if self.budget.slice().is_ok() => Err(Trouble::Silent),
            asked => asked,
        }
    }
}

/// Where the aliases of an answer lead.
enum Walked {
    End(DnsReply),
    On(DnsName),
}

/// Follows the aliases within one answer. `chain` holds those of the answers before.
fn walk(
    query: &DnsQuery,
    kind: RecordKind,
    answer: &DnsAnswer,
    chain: &mut Vec<DnsRecord>,
) -> Result<Walked, Trouble> {
    let mut at = query.asked().clone();
    let mut moved = false;
    loop {
        let mut records = chain.clone();
        let aliases = records.len();
        for record in &answer.records {
            if record.kind == kind && record.name == at {
                records.push(record.clone());
            }
        }
        if records.len() > aliases {
            return Ok(Walked::End(DnsReply::Records(records)));
        }
        let alias = answer.records.iter().find(|record| is_alias(record, &at));
        let Some(alias) = alias else { break };
        if chain.iter().any(|before| before.name == alias.name) {
            return Err(Trouble::Loop);
        }
        chain.push(alias.clone());
        if let Data::Name(next) = &alias.data {
            at = next.clone();
        }
        moved = true;
    }
    if moved && answer.exists && answer.absent_for.is_none() {
        return Ok(Walked::On(at));
    }
    if !moved && answer.speaks {
        // It tells of something else.
        return Err(Trouble::Broken);
    }
    Ok(Walked::End(DnsReply::Nothing { exists: answer.exists, ttl: answer.absent_for }))
}

fn is_alias(record: &DnsRecord, name: &DnsName) -> bool {
    record.kind == RecordKind::Cname && record.name == *name
}
