//! What the system tells us: to leave, to make room for the shell, that we are back, that the terminal has a new size.

use std::io;

use rustix::process::{Signal as Number, getpgrp, getsid, kill_current_process_group};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// A signal, by what it asks of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// HUP, TERM: leave now.
    Leave,
    /// INT, QUIT: leave now, unless a program of ours has the terminal: then they are meant for that.
    Interrupt,
    /// TSTP: make room for the shell.
    Suspend,
    /// CONT: we run again.
    Continue,
    /// WINCH: the terminal has another size.
    Resize,
}

/// Starts listening. Must be called inside the runtime, which carries it on.
pub(super) fn listen() -> io::Result<UnboundedReceiver<Signal>> {
    let (send, receive) = unbounded_channel();
    let raw = |number: Number| SignalKind::from_raw(number.as_raw());
    for (kind, meaning) in [
        (SignalKind::hangup(), Signal::Leave),
        (SignalKind::terminate(), Signal::Leave),
        (SignalKind::interrupt(), Signal::Interrupt),
        (SignalKind::quit(), Signal::Interrupt),
        (raw(Number::TSTP), Signal::Suspend),
        (raw(Number::CONT), Signal::Continue),
        (SignalKind::window_change(), Signal::Resize),
    ] {
        let mut signals = signal(kind)?;
        let send = send.clone();
        tokio::spawn(async move { while signals.recv().await.is_some() && send.send(meaning).is_ok() {} });
    }
    Ok(receive)
}

/// Whether there is a shell to go to. Not when we are the session's first process group (`ssh -t host pinxit`, a tmux
/// window of our own): nobody could call us back.
pub(super) fn has_shell() -> bool {
    getsid(None).is_ok_and(|session| session != getpgrp())
}

/// Stops the whole job, as the shell's own Ctrl+Z does: whoever started us (`cargo run`) has to stop too, or the shell
/// never gets its turn. Returns when somebody continues us, or false at once when the system refuses.
pub(super) fn stop() -> bool {
    kill_current_process_group(Number::STOP).is_ok()
}
