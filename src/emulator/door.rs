//! The listener: lets connections in, resets them or stays shut as the faults say. Not here: what
//! happens on a connection (`server`).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use tokio::io;
use tokio::net::{TcpListener, TcpStream};

use super::faults::{Fault, Moment};
use super::host::Host;

/// Before a failed accept or bind is tried again.
const BREATH: Duration = Duration::from_millis(10);

/// The way in. While it is shut there is no listener, so the system itself refuses.
#[derive(Debug)]
pub struct Door {
    listener: Option<TcpListener>,
    address: SocketAddr,
    host: Arc<Host>,
}

impl Door {
    /// # Errors
    /// The listener has no address.
    pub fn new(listener: TcpListener, host: Arc<Host>) -> io::Result<Door> {
        Ok(Door { address: listener.local_addr()?, listener: Some(listener), host })
    }

    /// Stays shut for as long as the rules say, then opens again.
    async fn keep_shut(&mut self) {
        while let Some(Fault::Closed { ms }) = self.host.closes() {
            self.listener = None;
            self.host.shut(true);
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
        self.host.shut(false);
    }

    async fn open(&mut self) -> &TcpListener {
        while self.listener.is_none() {
            match TcpListener::bind(self.address).await {
                Ok(listener) => self.listener = Some(listener),
                Err(_) => tokio::time::sleep(BREATH).await,
            }
        }
        self.listener.as_ref().expect("bound in the loop above")
    }
}

impl Listener for Door {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            self.keep_shut().await;
            let host = Arc::clone(&self.host);
            let listener = self.open().await;
            let accepted = tokio::select! {
                // A rule that shuts the door comes before whoever knocks next.
                biased;
                () = host.knocked() => continue,
                accepted = listener.accept() => accepted,
            };
            let Ok((connection, from)) = accepted else {
                tokio::time::sleep(BREATH).await;
                continue;
            };
            if host.strike(Moment::Accept).await.is_some() {
                // Closing with unread bytes and no linger is a reset.
                let _ = connection.set_zero_linger();
                continue;
            }
            // Small answers must not wait for Nagle's timer.
            let _ = connection.set_nodelay(true);
            return (connection, from);
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
