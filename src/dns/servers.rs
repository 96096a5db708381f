//! Which resolvers are asked.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use crate::mail::SafeText;

/// Where the system says which resolvers to ask: resolv.conf(5).
const SYSTEM: &str = "/etc/resolv.conf";
/// The most that is read of it, and how many servers of it are asked, as the system does.
const LONGEST: usize = 64 << 10;
const MOST: usize = 3;
const PORT: u16 = 53;

/// Why there is nobody to ask.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServersError {
    /// The file of the system cannot be read.
    #[error(
        "cannot read {SYSTEM}: {0}; name a resolver in the configuration: \
         [checks] resolver = \"127.0.0.1\""
    )]
    System(SafeText),
    /// What is configured is no address.
    #[error("[checks] resolver = \"{0}\" is no address; write \"127.0.0.1\" or \"127.0.0.1:5353\"")]
    Resolver(SafeText),
}

/// The resolvers that are asked, the first one first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Servers(pub(super) Vec<SocketAddr>);

impl Servers {
    /// The configured one, else the system's.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(configured: Option<&str>) -> Result<Self, ServersError> {
        match configured {
            Some(text) => match read(text) {
                Some(server) => Ok(Self(vec![server])),
                None => Err(ServersError::Resolver(SafeText::new(text))),
            },
            None => of_system(Path::new(SYSTEM)),
        }
    }

    /// Their addresses, as they are shown.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for server in &self.0 {
            let plain = server.port() == PORT;
            names.push(if plain { server.ip().to_string() } else { server.to_string() });
        }
        names
    }
}

/// An address, with or without a port.
fn read(text: &str) -> Option<SocketAddr> {
    if let Ok(server) = text.parse() {
        return Some(server);
    }
    let ip: IpAddr = text.trim_matches(['[', ']']).parse().ok()?;
    Some(SocketAddr::new(ip, PORT))
}

fn of_system(path: &Path) -> Result<Servers, ServersError> {
    let failed = |why: &str| Err(ServersError::System(SafeText::new(why)));
    let text = match fs::read(path) {
        Ok(text) if text.len() <= LONGEST => text,
        Ok(_) => return failed("it is too large"),
        Err(error) => return failed(&error.to_string()),
    };
    let config = match resolv_conf::Config::parse(&text) {
        Ok(config) => config,
        Err(error) => return failed(&error.to_string()),
    };
    let mut servers = Vec::new();
    for server in config.nameservers.iter().take(MOST) {
        servers.push(SocketAddr::new(IpAddr::from(server), PORT));
    }
    if servers.is_empty() {
        // As the system does: the one on this machine.
        servers.push(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), PORT));
    }
    Ok(Servers(servers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolvers() {
        let named = |text| Servers::find(Some(text)).map(|servers| servers.names());
        assert_eq!(named("192.0.2.53"), Ok(vec!["192.0.2.53".to_owned()]));
        assert_eq!(named("127.0.0.1:5353"), Ok(vec!["127.0.0.1:5353".to_owned()]));
        assert_eq!(named("2001:db8::53"), Ok(vec!["2001:db8::53".to_owned()]));
        assert_eq!(named("[2001:db8::53]:54"), Ok(vec!["[2001:db8::53]:54".to_owned()]));
        assert!(named("localhost").is_err() && named("").is_err());
    }

    #[test]
    fn the_system_tells() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("resolv.conf");
        for (text, servers) in [
            ("search birch.example\nnameserver 192.0.2.53\nnameserver 2001:db8::53\n", 2),
            (
                "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n",
                3,
            ),
            ("# nothing\noptions edns0\n", 1),
        ] {
            fs::write(&file, text).expect("a file");
            assert_eq!(of_system(&file).map(|found| found.0.len()), Ok(servers), "{text}");
        }
        fs::remove_file(&file).expect("ours");
        assert!(of_system(&file).is_err());
    }
}
