//! Failures of the network in plain words: what broke, and whether anything can have left this machine.

use std::error::Error;
use std::io::ErrorKind;

use super::body;
use crate::domain::{Fault, FaultKind};

/// A failure below HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// `no_connection`, `no_name`, `bad_certificate`, `timeout` or `connection_lost`.
    pub(super) code: &'static str,
    /// What happened, a sentence.
    pub(super) what: String,
    /// What to do, a sentence; may be empty.
    hint: &'static str,
    /// Whether bytes of the request may have reached the service. Only a connection that was never made proves they did not.
    pub(super) sent: bool,
}

impl Trouble {
    /// Puts an error of the HTTP client in words. Its own words hold whole URLs; these never do.
    pub(super) fn new(error: &reqwest::Error, host: &str) -> Trouble {
        let say =
            |code, what: String, hint| Trouble { code, what, hint, sent: !(error.is_connect() || error.is_builder()) };
        let causes = causes(error);
        if !error.is_connect() {
            return if error.is_timeout() {
                say("timeout", format!("{host} did not answer in time."), "")
            } else {
                say("connection_lost", format!("The connection to {host} broke ({}).", causes.deepest), "")
            };
        }
        let hint = "Check the network, the proxy settings and the base URL.";
        if error.is_timeout() {
            say("no_connection", format!("No connection to {host} in time."), hint)
        } else if causes.all.contains("dns error") {
            say("no_name", format!("The name {host} cannot be found."), hint)
        } else if causes.all.contains("certificate") {
            let hint = "Check the clock and the system's certificates; something between may be reading along.";
            say("bad_certificate", format!("The certificate of {host} cannot be trusted ({}).", causes.deepest), hint)
        } else if causes.kind == Some(ErrorKind::ConnectionRefused) {
            say("no_connection", format!("{host} refused the connection."), hint)
        } else {
            say("no_connection", format!("No connection to {host} ({}).", causes.deepest), hint)
        }
    }

    /// The fault for a call that cost nothing; it may work later.
    pub(super) fn fault(self) -> Fault {
        Fault::new(FaultKind::Network, self.code, self.what).hint(self.hint).retryable()
    }
}

struct Causes {
    /// Every cause, in lower case.
    all: String,
    /// The first cause of all, in its own words, safe to show.
    deepest: String,
    /// The kind of the operating system's error, if there is one.
    kind: Option<ErrorKind>,
}

fn causes(error: &reqwest::Error) -> Causes {
    let chain: Vec<&dyn Error> = std::iter::successors(error.source(), |&cause| cause.source()).collect();
    let kind = chain.iter().find_map(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind);
    let all = chain.iter().map(|cause| cause.to_string().to_lowercase()).collect::<Vec<_>>().join(": ");
    let deepest =
        chain.last().map_or_else(|| "no reason given".to_owned(), |cause| body::shown(&cause.to_string(), 160));
    Causes { all, deepest, kind }
}
