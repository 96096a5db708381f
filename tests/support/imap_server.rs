//! An IMAP server of our own that behaves, except where a test tells it not to.
//!
//! Each connection gets a thread. A test may take over single moments of a connection with
//! [`Server::at`], or only commands with [`Server::on`]; all others pass as they should. Every
//! command is logged with the number of its connection and whether it came through TLS.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use native_tls::{Identity, Protocol, TlsAcceptor};
use rustix::net::sockopt::set_socket_linger;

#[path = "imap_server/answers.rs"]
mod answers;
#[path = "imap_server/editing.rs"]
mod editing;

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

/// Whether a test has done itself what is due.
pub(crate) enum Turn {
    Mine,
    Yours,
    /// Done, and nothing more is to come in this answer.
    Over,
}

/// What is due in a connection.
pub(crate) enum Moment<'a> {
    /// A client has come; nothing was said.
    Connected,
    /// The greeting.
    Greeting,
    /// The answer to a command.
    Command(&'a Command),
    /// A message, in the answer to a FETCH.
    Message(&'a Command, &'a Due),
}

/// A message that a FETCH asks for: its sequence number, its UID, its bytes.
pub(crate) type Due = (u32, u32, Vec<u8>);

/// How what is said reaches the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Whole,
    /// Every byte in a packet of its own.
    Bytewise,
    /// Lines end in LF alone.
    LfOnly,
}

type Override = dyn Fn(&mut Talk, &Moment<'_>) -> io::Result<Turn> + Send + Sync;

/// What a server says and does.
#[derive(Clone)]
pub(crate) struct Server {
    greeting: String,
    capability: String,
    encrypt: Encrypt,
    /// Another certificate, for all connections but the first.
    later: Option<Identity>,
    /// The newest version of TLS that is spoken.
    newest: Option<Protocol>,
    at: Arc<Override>,
    pub(crate) mailbox: Arc<Mutex<Mailbox>>,
    /// What was changed.
    pub(crate) edits: Arc<Mutex<editing::Edits>>,
    log: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A server that behaves.
    pub(crate) fn new(mailbox: Mailbox) -> Self {
        Self {
            greeting: "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2] ready".to_owned(),
            capability: "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2".to_owned(),
            encrypt: Encrypt::Never,
            later: None,
            newest: None,
            at: Arc::new(|_, _| Ok(Turn::Yours)),
            mailbox: Arc::new(Mutex::new(mailbox)),
            edits: Arc::default(),
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

    /// From the second connection on another certificate is shown.
    pub(crate) fn later(mut self, identity: Identity) -> Self {
        self.later = Some(identity);
        self
    }

    /// No newer TLS than this is spoken.
    pub(crate) fn newest(mut self, newest: Protocol) -> Self {
        self.newest = Some(newest);
        self
    }

    /// Lets the test do what is due.
    pub(crate) fn at(
        mut self,
        at: impl Fn(&mut Talk, &Moment<'_>) -> io::Result<Turn> + Send + Sync + 'static,
    ) -> Self {
        self.at = Arc::new(at);
        self
    }

    /// Lets the test answer commands.
    pub(crate) fn on(
        self,
        on: impl Fn(&mut Talk, &Command) -> io::Result<Turn> + Send + Sync + 'static,
    ) -> Self {
        self.at(move |talk, moment| match moment {
            Moment::Command(command) => on(talk, command),
            _ => Ok(Turn::Yours),
        })
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
        let mut talk = Talk {
            stream: Stream::Plain(tcp),
            manner: Manner::Whole,
            connection,
            encrypted: false,
            server: self.clone(),
        };
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
    pub(crate) manner: Manner,
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
        self.meet(&Moment::Connected)?;
        self.meet(&Moment::Greeting)?;
        loop {
            let command = self.hear()?;
            self.meet(&Moment::Command(&command))?;
        }
    }

    /// Does what is due, unless the test does it; false when nothing more is to come.
    fn meet(&mut self, moment: &Moment<'_>) -> io::Result<bool> {
        let at = Arc::clone(&self.server.at);
        match at(self, moment)? {
            Turn::Mine => {}
            Turn::Yours => self.properly(moment)?,
            Turn::Over => return Ok(false),
        }
        Ok(true)
    }

    /// Does what is due as a server should.
    pub(crate) fn properly(&mut self, moment: &Moment<'_>) -> io::Result<()> {
        match moment {
            Moment::Connected => match self.server.encrypt.clone() {
                Encrypt::AtOnce(identity) => self.begin_tls(identity),
                _ => Ok(()),
            },
            Moment::Greeting => self.say(&self.server.greeting.clone()),
            Moment::Command(command) => self.answer(command),
            Moment::Message(_, (number, uid, bytes)) => self.message(*number, *uid, bytes),
        }
    }

    /// Sends a line.
    pub(crate) fn say(&mut self, line: &str) -> io::Result<()> {
        self.send(format!("{line}\r\n").as_bytes())
    }

    /// Sends bytes.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.manner {
            Manner::Whole => self.write(bytes),
            Manner::Bytewise => bytes.chunks(1).try_for_each(|byte| self.write(byte)),
            Manner::LfOnly => {
                let mut lines = Vec::with_capacity(bytes.len());
                for &byte in bytes {
                    if byte == b'\n' && lines.ends_with(b"\r") {
                        lines.pop();
                    }
                    lines.push(byte);
                }
                self.write(&lines)
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(s) => s.write_all(bytes),
            Stream::Tls(s) => s.write_all(bytes),
            Stream::Gone => hang_up(),
        }
    }

    /// The connection below TLS.
    pub(crate) fn tcp(&mut self) -> io::Result<&mut TcpStream> {
        match &mut self.stream {
            Stream::Plain(s) => Ok(s),
            Stream::Tls(s) => Ok(s.get_mut()),
            Stream::Gone => hang_up(),
        }
    }

    /// Ends the connection, and reads on until the client has read to its end: with something
    /// unread behind it an end becomes a reset.
    pub(crate) fn close<T>(&mut self) -> io::Result<T> {
        self.tcp()?.shutdown(Shutdown::Write)?;
        let mut heard = [0; 1024];
        while let 1.. = self.tcp()?.read(&mut heard)? {}
        hang_up()
    }

    /// Ends the connection with a reset.
    pub(crate) fn reset<T>(&mut self) -> io::Result<T> {
        set_socket_linger(self.tcp()?, Some(Duration::ZERO))?;
        hang_up()
    }

    /// Says nothing any more until the client goes away.
    pub(crate) fn fall_silent<T>(&mut self) -> io::Result<T> {
        let mut heard = [0; 1024];
        while let 1.. = self.read(&mut heard)? {}
        hang_up()
    }

    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(s) => s.read(out),
            Stream::Tls(s) => s.read(out),
            Stream::Gone => Ok(0),
        }
    }

    /// The next line, without its end.
    pub(crate) fn line(&mut self) -> io::Result<String> {
        let (mut line, mut byte) = (Vec::new(), [0]);
        while byte[0] != b'\n' {
            if self.read(&mut byte)? == 0 {
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
        let identity = match &self.server.later {
            Some(later) if self.connection > 1 => later.clone(),
            _ => identity,
        };
        let mut builder = TlsAcceptor::builder(identity);
        if let Some(newest) = self.server.newest {
            builder.min_protocol_version(Some(newest)).max_protocol_version(Some(newest));
        }
        let acceptor = builder.build().expect("an acceptor");
        self.stream = Stream::Tls(Box::new(acceptor.accept(tcp).map_err(io::Error::other)?));
        self.encrypted = true;
        Ok(())
    }
}
