//! From a host name, or a program, to a connected socket, with a time limit, and so that it can be
//! called off.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use crossbeam_channel::bounded;
use rustix::net::sockopt;

use crate::config::{Account, Tls};
use crate::mail::SafeText;

use super::super::error::{Endpoint, Error};
use super::cancel::{Cancellation, Held};
use super::limits::Limits;
use super::program::Program;

/// After this much silence the system asks whether the other side is still there.
const KEEPALIVE: Duration = Duration::from_mins(1);

/// A connected socket, and the hold on it by which it can be shut down.
#[derive(Debug)]
pub(crate) struct Dialled {
    pub(crate) socket: OwnedFd,
    pub(crate) held: Held,
    /// The address that answered; none of a program.
    pub(crate) address: Option<IpAddr>,
}

/// Connects to the server of an account, or starts the program that leads there. Looking up and connecting happen on a thread of their own,
/// because neither can be interrupted; when `stop` is asked for, it is left behind and ends by its
/// time limit.
///
/// # Errors
/// When there is no address, nobody answers in time, or the address is another machine and `tls` is
/// `none`; when the program cannot be started.
pub(crate) fn dial(
    account: &Account,
    at: &Endpoint,
    limits: &Limits,
    stop: &Cancellation,
) -> Result<Dialled, Error> {
    if account.has_tunnel() {
        return dig(account, at, stop);
    }
    let (done, result) = bounded(1);
    let call = Call {
        host: account.host.clone(),
        port: account.port(),
        local_only: account.tls == Tls::None,
        deadline: Instant::now() + limits.connect,
        at: at.clone(),
    };
    let connect = |reason: &dyn ToString| Error::Connect {
        at: at.clone(),
        reason: SafeText::new(&reason.to_string()),
    };
    std::thread::Builder::new()
        .name("imap-dial".to_owned())
        .spawn(move || done.send(call.place()))
        .map_err(|e| connect(&e))?;
    let Some(tcp) = stop.wait_for(&result, limits.connect + limits.second) else {
        return Err(connect(&"no answer in time"));
    };
    let tcp = tcp?;
    let held = tune(&tcp).and_then(|()| stop.hold(&tcp, None)).map_err(|e| connect(&e))?;
    let address = tcp.peer_addr().ok().map(|address| address.ip());
    Ok(Dialled { socket: tcp.into(), held, address })
}

/// Starts the program of an account.
fn dig(account: &Account, at: &Endpoint, stop: &Cancellation) -> Result<Dialled, Error> {
    let (program, socket) = Program::start(&account.tunnel, at)?;
    let held = stop.hold(&socket, Some(program)).map_err(|e| Error::wire(at, &e))?;
    Ok(Dialled { socket, held, address: None })
}

fn tune(tcp: &TcpStream) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    sockopt::set_socket_keepalive(tcp, true)?;
    #[cfg(not(target_os = "openbsd"))]
    sockopt::set_tcp_keepidle(tcp, KEEPALIVE)?;
    Ok(())
}

struct Call {
    host: String,
    port: u16,
    local_only: bool,
    deadline: Instant,
    at: Endpoint,
}

impl Call {
    fn place(self) -> Result<TcpStream, Error> {
        let found = (self.host.as_str(), self.port).to_socket_addrs();
        let addresses: Vec<SocketAddr> = match found {
            Ok(found) => found.collect(),
            Err(e) => {
                // "failed to lookup address information: " stands in front of what the resolver
                // said.
                let text = e.to_string();
                let reason =
                    SafeText::new(text.rsplit_once(": ").map_or(&text, |(_, reason)| reason));
                return Err(Error::Address { at: self.at, reason });
            }
        };
        if self.local_only && !addresses.iter().all(|a| is_loopback(a.ip())) {
            return Err(Error::Unencrypted { at: self.at });
        }
        self.first(&addresses)
            .map_err(|e| Error::Connect { at: self.at, reason: SafeText::new(&e.to_string()) })
    }

    /// The first address that answers; each gets its share of the time that is left, so that a dead
    /// one starves none.
    fn first(&self, addresses: &[SocketAddr]) -> io::Result<TcpStream> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for (tried, address) in addresses.iter().enumerate() {
            let left = self.deadline.saturating_duration_since(Instant::now());
            let share = left / u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
            match TcpStream::connect_timeout(address, share.max(Duration::from_millis(1))) {
                Ok(tcp) => return Ok(tcp),
                Err(e) => last = e,
            }
        }
        Err(last)
    }
}

fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn account(host: &str, port: u16, tls: Tls) -> (Account, Endpoint) {
        let text = format!("name = \"lab\"\nhost = \"{host}\"\nport = {port}\nuser = \"me\"");
        let account = Account { tls, ..toml::from_str(&text).unwrap() };
        (
            account,
            Endpoint { account: "lab".into(), server: SafeText::new(&format!("{host}:{port}")) },
        )
    }

    #[test]
    fn a_listening_port_is_reached() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (account, at) = account("127.0.0.1", listener.local_addr().unwrap().port(), Tls::None);
        assert!(dial(&account, &at, &Limits::default(), &Cancellation::new()).is_ok());
    }

    #[test]
    fn nobody_there_is_said() {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (account, at) = account("127.0.0.1", port, Tls::Implicit);
        let error = dial(&account, &at, &Limits::default(), &Cancellation::new()).unwrap_err();
        assert!(matches!(error, Error::Connect { .. }), "{error}");
        assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
    }

    #[test]
    fn without_tls_only_this_machine_is_called() {
        let (account, at) = account("192.0.2.1", 143, Tls::None);
        let error = dial(&account, &at, &Limits::default(), &Cancellation::new()).unwrap_err();
        assert!(matches!(error, Error::Unencrypted { .. }), "{error}");
        assert!(is_loopback("::ffff:127.0.0.1".parse().unwrap()));
        assert!(!is_loopback("10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn a_call_can_be_called_off() {
        let (account, at) = account("192.0.2.1", 143, Tls::Implicit);
        let stop = Cancellation::new();
        stop.cancel();
        let started = Instant::now();
        assert!(dial(&account, &at, &Limits::default(), &stop).is_err());
        assert!(started.elapsed() < Duration::from_secs(5));
    }
}
