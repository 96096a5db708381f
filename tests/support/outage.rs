//! A server that can be killed, and started again at the same port.

use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crate::imap_server::Server;

/// A server that runs until it is killed.
pub(crate) struct Running {
    pub(crate) port: u16,
    killed: Arc<AtomicBool>,
    connections: Arc<Mutex<Vec<TcpStream>>>,
    listening: JoinHandle<()>,
}

impl Running {
    /// Starts a server at a port, or at any free one for 0.
    pub(crate) fn start(server: &Server, port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port");
        let port = listener.local_addr().expect("an address").port();
        let (killed, connections) =
            (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let listening = std::thread::spawn({
            let (server, killed, connections) =
                (server.clone(), Arc::clone(&killed), Arc::clone(&connections));
            move || {
                for (number, tcp) in (1..).zip(listener.incoming().flatten()) {
                    if killed.load(Ordering::SeqCst) {
                        return;
                    }
                    connections.lock().expect("the list").push(tcp.try_clone().expect("a clone"));
                    let server = server.clone();
                    std::thread::spawn(move || server.serve(number, tcp));
                }
            }
        });
        Self { port, killed, connections, listening }
    }

    /// Ends every connection; the port is closed when this returns.
    pub(crate) fn kill(self) {
        self.killed.store(true, Ordering::SeqCst);
        // Wakes the thread that listens.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        self.listening.join().expect("the listening thread");
        for connection in self.connections.lock().expect("the list").iter() {
            // The client may have gone already.
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}
