//! A server for tests that answers with canned bytes, breaks off where it is told to, and remembers what arrived.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What to do with every connection.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// Close without reading.
    Drop,
    /// Read the request, then close.
    ReadThenDrop,
    /// Read the request, send these bytes, then close.
    Send(Vec<u8>),
    /// Read the request, send these bytes, then say nothing more.
    SendThenStall(Vec<u8>),
    /// Read the request, send these bytes, then only comments of an event stream, without end.
    SendThenPing(Vec<u8>),
    /// Read nothing, and stay there.
    Deaf,
}

/// A server on loopback; stops when dropped.
#[derive(Debug)]
pub(super) struct Canned {
    /// `http://127.0.0.1:PORT`
    pub(super) base: String,
    seen: Arc<Mutex<Vec<String>>>,
    server: tokio::task::JoinHandle<()>,
}

impl Canned {
    /// Starts a server that does the same with every connection.
    pub(super) async fn start(act: Act) -> Canned {
        Canned::script(|_| vec![act]).await
    }

    /// Starts a server that does one thing after another, one a connection, and the last again and again. The acts may name
    /// its own address.
    pub(super) async fn script(acts: impl FnOnce(&str) -> Vec<Act>) -> Canned {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let base = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let acts = acts(&base);
        let server = tokio::spawn(async move {
            let mut turn = 0;
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, acts[turn.min(acts.len() - 1)].clone(), Arc::clone(&log)));
                turn += 1;
            }
        });
        Canned { base, seen, server }
    }

    /// Answers everything with this status and body.
    pub(super) async fn answer(status: u16, body: impl AsRef<[u8]>) -> Canned {
        Canned::start(Act::Send(response(status, body))).await
    }

    /// What arrived, one entry a connection: the head and the body of its request; empty if it was not read.
    pub(super) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Canned {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A whole response.
pub(super) fn response(status: u16, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status} Canned\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

async fn serve(mut stream: TcpStream, act: Act, log: Arc<Mutex<Vec<String>>>) {
    let request = if matches!(act, Act::Drop | Act::Deaf) { String::new() } else { read(&mut stream).await };
    log.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    match act {
        Act::Drop | Act::ReadThenDrop => {}
        Act::Send(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Act::SendThenStall(bytes) => {
            let _ = stream.write_all(&bytes).await;
            std::future::pending().await
        }
        Act::SendThenPing(bytes) => {
            let mut sent = stream.write_all(&bytes).await;
            while sent.is_ok() {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                sent = stream.write_all(b": ping\n\n").await;
            }
        }
        Act::Deaf => std::future::pending().await,
    }
}

/// Reads a request to its end, as its length says.
async fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let mut whole = None;
    while whole.is_none_or(|whole| bytes.len() < whole) {
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&buffer[..count]),
            _ => break,
        }
        if let (None, Some(head)) = (whole, bytes.windows(4).position(|four| four == b"\r\n\r\n")) {
            let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            whole = Some(head + 4 + length.unwrap_or(0));
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
