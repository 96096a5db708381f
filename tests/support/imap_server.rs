//! An IMAP server of our own that behaves, except where a test tells it not to.
//!
//! Each connection gets a thread. A test may take over single commands with [`Server::on`]; all
//! others are answered as a server should. Every command is logged with the number of its
//! connection and whether it came through TLS.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use native_tls::{Identity, TlsAcceptor};

/// When a connection becomes encrypted.
#[derive(Clone)]
pub(crate) enum Encrypt {
    Never,
    AtOnce(Identity),
    WhenAsked(Identity),
}

/// A mailbox as the server sees it.
#[derive(Clone, Debug)]
pub(crate) struct Mailbox {
    pub(crate) validity: u32,
    pub(crate) next: u32,
    /// UIDs and messages, ascending.
    pub(crate) messages: Vec<(u32, Vec<u8>)>,
}

impl Mailbox {
    /// So many small messages with UIDs from 1.
    pub(crate) fn of(count: u32) -> Self {
        let message =
            |uid: u32| (uid, format!("Subject: message {uid}\r\n\r\nhello {uid}\r\n").into_bytes());
        Self { validity: 77, next: count + 1, messages: (1..=count).map(message).collect() }
    }
}

/// A command as it came.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) tag: String,
    /// Name and arguments.
    pub(crate) line: String,
}

impl Command {
    /// True when it begins so.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.line.to_ascii_uppercase().starts_with(name)
    }

    /// True for FETCH and UID FETCH of messages.
    pub(crate) fn fetches_messages(&self) -> bool {
        self.line.contains("FETCH") && self.line.contains("BODY.PEEK[]")
    }
}

/// Whether a test has answered a command itself.
pub(crate) enum Turn {
    Mine,
    Yours,
}

type Override = dyn Fn(&mut Talk, &Command) -> io::Result<Turn> + Send + Sync;

/// What a server says and does.
#[derive(Clone)]
pub(crate) struct Server {
    greeting: String,
    capability: String,
    encrypt: Encrypt,
    on: Arc<Override>,
    pub(crate) mailbox: Arc<Mutex<Mailbox>>,
    log: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A server that behaves.
    pub(crate) fn new(mailbox: Mailbox) -> Self {
        Self {
            greeting: "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2] ready".to_owned(),
            capability: "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2".to_owned(),
            encrypt: Encrypt::Never,
            on: Arc::new(|_, _| Ok(Turn::Yours)),
            mailbox: Arc::new(Mutex::new(mailbox)),
            log: Arc::default(),
        }
    }

    pub(crate) fn greeting(mut self, greeting: &str) -> Self {
        greeting.clone_into(&mut self.greeting);
        self
    }

    pub(crate) fn capability(mut self, capability: &str) -> Self {
        capability.clone_into(&mut self.capability);
        self.greeting("* OK ready")
    }

    pub(crate) fn encrypt(mut self, encrypt: Encrypt) -> Self {
        self.encrypt = encrypt;
        self
    }

    /// Lets the test answer commands.
    pub(crate) fn on(
        mut self,
        on: impl Fn(&mut Talk, &Command) -> io::Result<Turn> + Send + Sync + 'static,
    ) -> Self {
        self.on = Arc::new(on);
        self
    }

    /// Starts it and returns its port. It ends with the process of the test.
    pub(crate) fn start(&self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let server = self.clone();
        std::thread::spawn(move || {
            for (number, tcp) in (1..).zip(listener.incoming().flatten()) {
                let server = server.clone();
                std::thread::spawn(move || server.serve(number, tcp));
            }
        });
        port
    }

    /// Every command so far: `1 tls a1 LOGIN …`.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().expect("the log").clone()
    }

    /// The commands of which the log line holds `word`.
    pub(crate) fn logged(&self, word: &str) -> Vec<String> {
        self.log().into_iter().filter(|l| l.contains(word)).collect()
    }

    /// Talks to one client until either goes away.
    pub(crate) fn serve(&self, connection: u32, tcp: TcpStream) {
        tcp.set_nodelay(true).expect("a socket option");
        tcp.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket option");
        let mut talk =
            Talk { stream: Stream::Plain(tcp), connection, encrypted: false, server: self.clone() };
        // However it ends: the client has gone, or the test has ended the connection.
        let _ = talk.run();
    }
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<native_tls::TlsStream<TcpStream>>),
    Gone,
}

/// One connection.
pub(crate) struct Talk {
    stream: Stream,
    /// Its number, from 1.
    pub(crate) connection: u32,
    encrypted: bool,
    pub(crate) server: Server,
}

/// Ends a connection.
pub(crate) fn hang_up<T>() -> io::Result<T> {
    Err(io::ErrorKind::ConnectionAborted.into())
}

impl Talk {
    fn run(&mut self) -> io::Result<()> {
        if let Encrypt::AtOnce(identity) = self.server.encrypt.clone() {
            self.begin_tls(identity)?;
        }
        self.say(&self.server.greeting.clone())?;
        loop {
            let command = self.hear()?;
            let on = Arc::clone(&self.server.on);
            if matches!(on(self, &command)?, Turn::Yours) {
                self.answer(&command)?;
            }
        }
    }

    /// Sends a line.
    pub(crate) fn say(&mut self, line: &str) -> io::Result<()> {
        self.send(format!("{line}\r\n").as_bytes())
    }

    /// Sends bytes.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(s) => s.write_all(bytes),
            Stream::Tls(s) => s.write_all(bytes),
            Stream::Gone => hang_up(),
        }
    }

    /// Says nothing any more until the client goes away.
    pub(crate) fn fall_silent<T>(&mut self) -> io::Result<T> {
        loop {
            self.line()?;
        }
    }

    /// The next line, without its end.
    pub(crate) fn line(&mut self) -> io::Result<String> {
        let (mut line, mut byte) = (Vec::new(), [0]);
        while byte[0] != b'\n' {
            let read = match &mut self.stream {
                Stream::Plain(s) => s.read(&mut byte)?,
                Stream::Tls(s) => s.read(&mut byte)?,
                Stream::Gone => 0,
            };
            if read == 0 {
                return hang_up();
            }
            line.push(byte[0]);
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let how = if self.encrypted { "tls" } else { "plain" };
        self.server.log.lock().expect("the log").push(format!("{} {how} {line}", self.connection));
        Ok(line)
    }

    fn hear(&mut self) -> io::Result<Command> {
        let line = self.line()?;
        let (tag, line) = line.split_once(' ').unwrap_or((&line, ""));
        Ok(Command { tag: tag.to_owned(), line: line.to_owned() })
    }

    fn begin_tls(&mut self, identity: Identity) -> io::Result<()> {
        let Stream::Plain(tcp) = std::mem::replace(&mut self.stream, Stream::Gone) else {
            return hang_up();
        };
        let acceptor = TlsAcceptor::new(identity).expect("an acceptor");
        self.stream = Stream::Tls(Box::new(acceptor.accept(tcp).map_err(io::Error::other)?));
        self.encrypted = true;
        Ok(())
    }

    /// Answers as a server should.
    pub(crate) fn answer(&mut self, command: &Command) -> io::Result<()> {
        let tag = &command.tag;
        match command.line.split(' ').next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "CAPABILITY" => {
                let capability = format!("* CAPABILITY {}", self.server.capability);
                self.say(&capability)?;
                self.say(&format!("{tag} OK done"))
            }
            "STARTTLS" => {
                let Encrypt::WhenAsked(identity) = self.server.encrypt.clone() else {
                    return self.say(&format!("{tag} BAD no TLS here"));
                };
                self.say(&format!("{tag} OK begin TLS"))?;
                self.begin_tls(identity)
            }
            "AUTHENTICATE" => {
                self.say("+ ")?;
                self.line()?;
                self.say(&format!("{tag} OK logged in"))
            }
            "EXAMINE" => self.examine(tag),
            "LIST" => {
                self.say("* LIST (\\HasNoChildren) \"/\" INBOX")?;
                self.say("* LIST (\\Noselect) \"/\" \"closed\"")?;
                self.say("* LIST () \"/\" \"Zwr&APMBBw-\"")?;
                self.say("* LIST () \"/\" \"back\\\\slash \\\"quoted\\\"\"")?;
                self.send(b"* LIST () \"/\" {5}\r\na (b)\r\n* LIST () NIL r\xf6w\r\n")?;
                self.say(&format!("{tag} OK done"))
            }
            "UID" | "FETCH" => self.fetch(command),
            "LOGOUT" => {
                self.say("* BYE bye")?;
                self.say(&format!("{tag} OK done"))?;
                hang_up()
            }
            _ => self.say(&format!("{tag} OK done")),
        }
    }

    /// Answers EXAMINE.
    pub(crate) fn examine(&mut self, tag: &str) -> io::Result<()> {
        let Mailbox { validity, next, messages } =
            self.server.mailbox.lock().expect("the mailbox").clone();
        let text = format!(
            "* FLAGS (\\Seen)\r\n* {} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {validity}] valid\r\n\
             * OK [UIDNEXT {next}] next\r\n{tag} OK [READ-ONLY] opened\r\n",
            messages.len()
        );
        self.send(text.as_bytes())
    }

    /// The messages that a FETCH asks for: sequence numbers, UIDs, bytes.
    pub(crate) fn asked(&self, command: &Command) -> Vec<(u32, u32, Vec<u8>)> {
        let by_uid = command.is("UID ");
        let set = command.line.split(' ').nth(if by_uid { 2 } else { 1 }).unwrap_or_default();
        let ranges: Vec<(u32, u32)> = set
            .split(',')
            .map(|r| r.split_once(':').unwrap_or((r, r)))
            .map(|(low, high)| (low.parse().expect("a number"), high.parse().unwrap_or(u32::MAX)))
            .collect();
        let messages = self.server.mailbox.lock().expect("the mailbox").messages.clone();
        let numbered = (1..).zip(messages).map(|(number, (uid, bytes))| (number, uid, bytes));
        numbered
            .filter(|(number, uid, _)| {
                let key = if by_uid { uid } else { number };
                ranges.iter().any(|(low, high)| (low..=high).contains(&key))
            })
            .collect()
    }

    /// One FETCH response.
    pub(crate) fn message(&mut self, number: u32, uid: u32, bytes: &[u8]) -> io::Result<()> {
        let date = "17-Jul-2026 02:44:25 +0200";
        let head = format!(
            "* {number} FETCH (UID {uid} INTERNALDATE \"{date}\" BODY[]<0> {{{}}}\r\n",
            bytes.len()
        );
        self.send(&[head.as_bytes(), bytes, b")\r\n"].concat())
    }

    fn fetch(&mut self, command: &Command) -> io::Result<()> {
        let most = command
            .line
            .split_once("<0.")
            .and_then(|(_, rest)| rest.split('>').next()?.parse().ok());
        let mut out = String::new();
        for (number, uid, bytes) in self.asked(command) {
            match most {
                Some(most) => self.message(number, uid, &bytes[..bytes.len().min(most)])?,
                None => {
                    writeln!(out, "* {number} FETCH (UID {uid})\r").map_err(io::Error::other)?;
                }
            }
        }
        self.send(out.as_bytes())?;
        self.say(&format!("{} OK done", command.tag))
    }
}
