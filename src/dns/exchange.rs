//! One question to one server: a datagram, and a connection where the answer does not fit.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use rustix::rand::{GetRandomFlags, getrandom};

use crate::checks::Trouble;

use super::budget::Budget;
use super::wire::{DnsAnswer, DnsQuery, HeardMessage};

/// The longest that one datagram is waited for.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// The same of a whole answer over a connection.
const LONG_PATIENCE: Duration = Duration::from_secs(4);
/// Foreign datagrams that are heard while one waits for the answer.
const FOREIGN: usize = 200;

/// Asks one server; over TCP where the answer is cut or the datagrams do not come through.
pub(super) fn ask(
    server: SocketAddr,
    query: &DnsQuery,
    budget: &Budget,
) -> Result<DnsAnswer, Trouble> {
    let answer = match datagram(server, query, true, &budget.at_most(PATIENCE)) {
        // Old servers do not know EDNS.
        Err(Trouble::Unable) => datagram(server, query, false, &budget.at_most(PATIENCE))?,
        answer => answer?,
    };
    if answer.truncated {
        connection(server, query, &budget.at_most(LONG_PATIENCE))
    } else {
        Ok(answer)
    }
}

fn datagram(
    server: SocketAddr,
    query: &DnsQuery,
    edns: bool,
    budget: &Budget,
) -> Result<DnsAnswer, Trouble> {
    let id = random_id()?;
    let message = query.message(id, edns).ok_or(Trouble::Name)?;
    let here: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(here).map_err(|_| Trouble::Unreachable)?;
    // Nobody else's datagrams are heard then.
    socket.connect(server).map_err(|_| Trouble::Unreachable)?;
    socket.send(&message).map_err(|_| Trouble::Unreachable)?;
    let mut buffer = vec![0; 65_535];
    let mut foreign = 0;
    loop {
        socket.set_read_timeout(Some(budget.slice()?)).map_err(|_| Trouble::Unreachable)?;
        let length = match socket.recv(&mut buffer) {
            Ok(length) => length,
            Err(error) if is_pause(&error) => continue,
            Err(_) => return Err(Trouble::Unreachable),
        };
        match query.hear(id, &buffer[..length]) {
            HeardMessage::Answer(answer) => return Ok(answer),
            HeardMessage::Trouble(trouble) => return Err(trouble),
            HeardMessage::Foreign => foreign += 1,
        }
        if foreign > FOREIGN {
            return Err(Trouble::Broken);
        }
    }
}

fn connection(server: SocketAddr, query: &DnsQuery, budget: &Budget) -> Result<DnsAnswer, Trouble> {
    let id = random_id()?;
    let message = query.message(id, true).ok_or(Trouble::Name)?;
    let length = u16::try_from(message.len()).map_err(|_| Trouble::Name)?;
    let mut stream = connect(server, budget)?;
    let mut framed = length.to_be_bytes().to_vec();
    framed.extend(message);
    stream.set_write_timeout(Some(budget.left())).map_err(|_| Trouble::Unreachable)?;
    stream.write_all(&framed).map_err(|_| Trouble::Unreachable)?;
    let mut length = [0; 2];
    fill(&mut stream, &mut length, budget)?;
    let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
    fill(&mut stream, &mut answer, budget)?;
    match query.hear(id, &answer) {
        HeardMessage::Answer(answer) if answer.truncated => Err(Trouble::Broken),
        HeardMessage::Answer(answer) => Ok(answer),
        HeardMessage::Trouble(trouble) => Err(trouble),
        HeardMessage::Foreign => Err(Trouble::Broken),
    }
}

/// A connection within the budget.
///
/// # Errors
/// When there is none in time.
pub(super) fn connect(server: SocketAddr, budget: &Budget) -> Result<TcpStream, Trouble> {
    budget.slice()?;
    match TcpStream::connect_timeout(&server, budget.left().max(Duration::from_millis(1))) {
        Ok(stream) => Ok(stream),
        Err(error) if error.kind() == ErrorKind::TimedOut => Err(Trouble::Silent),
        Err(_) => Err(Trouble::Unreachable),
    }
}

/// Fills a buffer, however slowly the bytes come, as long as the budget lasts.
fn fill(stream: &mut TcpStream, mut buffer: &mut [u8], budget: &Budget) -> Result<(), Trouble> {
    while !buffer.is_empty() {
        stream.set_read_timeout(Some(budget.slice()?)).map_err(|_| Trouble::Unreachable)?;
        match stream.read(buffer) {
            Ok(0) => return Err(Trouble::Broken),
            Ok(length) => buffer = &mut buffer[length..],
            Err(error) if is_pause(&error) => {}
            Err(_) => return Err(Trouble::Broken),
        }
    }
    Ok(())
}

/// True when nothing has come yet.
pub(super) fn is_pause(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// A number that nobody guesses.
fn random_id() -> Result<u16, Trouble> {
    let mut id = [0; 2];
    let filled = getrandom(&mut id, GetRandomFlags::empty());
    filled.map_err(|_| Trouble::Unreachable)?;
    Ok(u16::from_be_bytes(id))
}
