//! The loop over a stand-in for the core and a line that stands still when told.

use std::collections::VecDeque;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

#[path = "cycle_leave_tests.rs"]
mod leave;
#[path = "cycle_show_tests.rs"]
mod show;

use super::super::Drawing;
use super::super::pictures::Var;
use super::super::stock::Stock;
use super::super::wire::tests::{Line, terminal};
use super::*;
use crate::config::Graphics;
use crate::domain::Now;
use crate::domain::{Draft, Form, Mode, Request};
use crate::keymap::{Code, Key};
use crate::tui::update::Effects;
use ratatui::Frame;

/// Shows what was typed and how large it thinks the screen is.
#[derive(Default)]
struct Pad {
    typed: String,
    size: (u16, u16),
    told: Vec<String>,
    wakes: u8,
}

impl Program for Pad {
    fn update(&mut self, _: Now, msg: Msg) -> Effects {
        match msg {
            Msg::Key(key) => match key.to_string().as_str() {
                "ctrl+q" => return vec![Effect::Quit],
                "ctrl+z" => return vec![Effect::Suspend],
                "ctrl+y" => return vec![Effect::Copy("words".into())],
                "ctrl+l" => return vec![Effect::Redraw],
                "ctrl+e" => return vec![Effect::EditText(self.typed.clone())],
                "ctrl+r" => return vec![Effect::Retry(crate::domain::JobId(4))],
                // A key the screen does not show.
                "esc" => {}
                "!" => panic!("the core fails"),
                letter => self.typed.push_str(letter),
            },
            Msg::Paste(text) => self.typed.push_str(&text),
            Msg::Resize(columns, rows) => self.size = (columns, rows),
            Msg::Wake => self.wakes -= 1,
            Msg::Resumed => self.told.push("resumed".into()),
            Msg::Trouble(fault) => self.told.push(fault.code),
            Msg::Edited(Ok(text)) => self.typed = text,
            Msg::Edited(Err(fault)) => self.told.push(fault.code),
            Msg::Drawn { .. } => {}
            other => self.told.push(format!("{other:?}")),
        }
        Vec::new()
    }

    fn view(&self, _: Now, frame: &mut Frame) {
        let text = format!("{}\n{:?}\nwakes {}", self.typed, self.size, self.wakes);
        frame.render_widget(ratatui::widgets::Paragraph::new(text), frame.area());
        frame.set_cursor_position((self.typed.len() as u16, 0));
    }

    fn wake_at(&self, _: Now) -> Option<Duration> {
        (self.wakes > 0).then_some(Duration::from_secs(3600))
    }

    fn last(&mut self) -> Effects {
        vec![Effect::KeepDraft(Box::new(self.draft()))]
    }
}

impl Pad {
    fn draft(&self) -> Draft {
        let mut request = Request::new("m".into(), Mode::TextToImage);
        request.prompt.clone_from(&self.typed);
        Draft { form: Form::of(&request, None), earlier: Vec::new(), later: Vec::new() }
    }
}

#[derive(Default)]
struct Bench {
    sizes: std::cell::RefCell<VecDeque<(u16, u16)>>,
    performed: Vec<Effect>,
    shell: bool,
    stops: usize,
    editor: Option<String>,
    edited: Vec<String>,
    /// How pictures are painted, as it was told.
    ways: Vec<&'static str>,
    /// Whether keys are listened to, and the other end of what is listened to now.
    ears: Vec<&'static str>,
    typed: Option<UnboundedSender<Input>>,
}

impl Outside for Bench {
    fn perform(&mut self, effect: Effect) {
        self.performed.push(effect);
    }

    fn size(&self) -> (u16, u16) {
        let mut sizes = self.sizes.borrow_mut();
        if sizes.len() > 1 { sizes.pop_front().unwrap_or((30, 4)) } else { sizes.front().copied().unwrap_or((30, 4)) }
    }

    fn has_shell(&self) -> bool {
        self.shell
    }

    fn stop(&mut self) -> bool {
        self.stops += 1;
        true
    }

    fn listen(&mut self) -> io::Result<UnboundedReceiver<Input>> {
        self.ears.push("listen");
        let (send, receive) = unbounded_channel();
        self.typed = Some(send);
        Ok(receive)
    }

    fn deafen(&mut self) {
        self.ears.push("deafen");
    }

    fn editor(&self) -> Result<String, Fault> {
        self.editor.clone().ok_or_else(|| Fault::new(FaultKind::Invalid, "no_editor", "none"))
    }

    fn edit(&mut self, command: String, text: String) {
        self.edited.push(format!("{command} {text}"));
    }

    fn cell(&self) -> Option<(u16, u16)> {
        None
    }

    fn paint_by(&mut self, means: Means) {
        self.ways.push(means.way.word());
    }

    fn rest(&mut self, _: bool) {}

    fn lighten(&mut self, _: Id) {}

    fn arrived(&mut self, _: Vec<Id>) {}

    fn ask_tmux(&mut self) {}

    fn watch_tmux(&mut self, _: bool) {}

    fn look_at_tmux(&mut self, _: bool) {}
}

struct Rig {
    cycle: Cycle<Pad, Bench>,
    line: Line,
    signals: UnboundedSender<Signal>,
    input: UnboundedSender<Input>,
    news: UnboundedSender<Msg>,
}

fn rig(outside: Bench, writes: usize) -> Rig {
    rig_on(outside, writes, |_| None)
}

/// In a world of these variables.
fn rig_on(outside: Bench, writes: usize, var: Var) -> Rig {
    let line = Line::letting(writes);
    let wire = Wire::new(line.clone()).expect("a thread");
    let ((signals, s), (input, i), (news, n)) = (unbounded_channel(), unbounded_channel(), unbounded_channel());
    let mut guard = Guard::new(wire.clone(), None);
    guard.take().expect("no terminal to refuse");
    let (_, outer) = unbounded_channel();
    let inboxes = Inboxes { signals: s, input: i, news: n, outer };
    let xterm = Terminal::detect(|name| match name {
        "TERM" => Some("xterm".into()),
        "LANG" => Some("C.UTF-8".into()),
        _ => None,
    });
    let drawing = Drawing { graphics: Graphics::Auto, cap: None, line_speed: None };
    let pictures = Pictures::new(&drawing, &xterm, Stock::default(), var);
    let mut cycle = Cycle::new(Pad::default(), outside, inboxes, (guard, wire), &xterm, pictures);
    cycle.begin();
    Rig { cycle, line, signals, input, news }
}

/// What the terminal shows after everything written so far.
fn shown(line: &Line) -> Vec<String> {
    let mut vt = terminal(4, 30);
    line.written().iter().for_each(|bytes| vt.process(bytes));
    vt.screen().rows(0, 30).map(|row| row.trim_end().to_owned()).collect()
}

impl Rig {
    fn press(&self, keys: &str) {
        for key in keys.split_whitespace() {
            let key = key.parse::<Key>().expect("a key");
            self.input.send(Input::Key(key)).expect("the loop listens");
        }
    }

    fn shown(&self) -> Vec<String> {
        shown(&self.line)
    }

    /// Turns the loop with `keys` last, and gives how many writes that took.
    async fn run(&mut self, keys: &str) -> usize {
        self.cycle.wire.drain(Duration::from_secs(10));
        let before = self.line.written().len();
        self.press(keys);
        self.cycle.run().await;
        self.cycle.wire.drain(Duration::from_secs(10));
        self.line.written().len() - before
    }
}

#[tokio::test]
async fn keys_that_are_there_together_are_one_frame() {
    let mut rig = rig(Bench::default(), usize::MAX);
    rig.press("a b c d e f");
    rig.input.send(Input::Paste(" and more".into())).expect("the loop listens");
    tokio::select! {
        () = rig.cycle.run() => unreachable!("nobody leaves"),
        () = async { while rig.line.written().len() < 3 { tokio::task::yield_now().await } } => {}
    }
    assert_eq!(rig.shown()[0], "abcdef and more");
    assert_eq!(rig.line.written().len(), 3, "taken, first frame, second frame");
}

#[tokio::test]
async fn a_key_that_changes_nothing_writes_nothing() {
    let mut rig = rig(Bench::default(), usize::MAX);
    assert_eq!(rig.run("esc esc esc ctrl+q").await, 0);
}

#[tokio::test]
async fn a_slow_line_skips_frames_and_shows_the_newest() {
    // The line takes what `begin` sent and then one write at a time.
    let mut rig = rig(Bench::default(), 2);
    rig.cycle.wire.drain(Duration::from_secs(10));
    let (line, input) = (rig.line.clone(), rig.input.clone());
    let drive = async move {
        let press = |letter| input.send(Input::Key(Key::plain(Code::Char(letter)))).expect("the loop listens");
        press('a');
        for letter in "bcdefghij".chars() {
            // The loop has taken the last letter in before the next is pressed, though nothing is written.
            for _ in 0..5 {
                tokio::task::yield_now().await;
            }
            press(letter);
        }
        for _ in 0..5 {
            tokio::task::yield_now().await;
        }
        assert_eq!(line.written().len(), 2, "the line stands still");
        line.let_through(1);
        while line.written().len() < 3 {
            tokio::task::yield_now().await;
        }
        line.let_through(1);
        while line.written().len() < 4 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = rig.cycle.run() => unreachable!("nobody leaves"),
        () = drive => {}
    }
    assert_eq!(rig.shown()[0], "abcdefghij");
    assert_eq!(rig.line.written().len(), 4, "ten keys, two frames");
    rig.line.let_through(usize::MAX);
}

#[tokio::test]
async fn a_storm_of_resizes_ends_with_the_last_size() {
    let sizes = (0..100).map(|i| (30, 4 + i % 3)).chain([(28, 4)]).collect();
    let mut rig = rig(Bench { sizes: std::cell::RefCell::new(sizes), ..Bench::default() }, usize::MAX);
    for _ in 0..100 {
        rig.signals.send(Signal::Resize).expect("the loop listens");
    }
    let line = rig.line.clone();
    tokio::select! {
        () = rig.cycle.run() => unreachable!("nobody leaves"),
        () = async { while shown(&line)[1] != "(28, 4)" { tokio::task::yield_now().await } } => {}
    }
    assert_eq!(rig.shown()[1], "(28, 4)");
    assert!(rig.line.written().len() <= 5, "{} writes for a hundred resizes", rig.line.written().len());
}

#[tokio::test]
async fn leaving_by_key_signal_or_hangup_gives_the_terminal_back() {
    for way in ["key", "signal", "hangup"] {
        let mut rig = rig(Bench::default(), usize::MAX);
        let (_, other) = unbounded_channel();
        match way {
            "key" => rig.press("ctrl+q"),
            "signal" => rig.signals.send(Signal::Leave).expect("the loop listens"),
            _ => rig.cycle.inboxes.input = other,
        }
        rig.cycle.run().await;
        rig.cycle.end();
        let last = rig.line.written().pop().expect("something was written");
        assert!(last.windows(8).any(|bytes| bytes == b"\x1b[?1049l"), "{way}");
    }
}

#[tokio::test]
async fn suspending_gives_the_terminal_and_takes_it_again_when_continued() {
    let mut rig = rig(Bench { shell: true, ..Bench::default() }, usize::MAX);
    rig.press("a ctrl+z");
    let (signals, line, input) = (rig.signals.clone(), rig.line.clone(), rig.input.clone());
    let gave = |bytes: &Vec<u8>| bytes.windows(8).any(|bytes| bytes == b"\x1b[?1049l");
    let drive = async {
        while !line.written().iter().any(gave) {
            tokio::task::yield_now().await;
        }
        // A key that comes while the terminal is the shell's draws nothing.
        input.send(Input::Key(Key::plain(Code::Char('b')))).expect("the loop listens");
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        assert!(line.written().last().is_some_and(gave));
        signals.send(Signal::Continue).expect("the loop listens");
        while line.written().last().is_some_and(gave) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = rig.cycle.run() => unreachable!("nobody leaves"),
        () = drive => {}
    }
    rig.run("ctrl+q").await;
    assert_eq!((rig.cycle.outside.stops, rig.shown()[0].as_str()), (1, "ab"));
    assert_eq!(rig.cycle.program.told, ["resumed"]);
}

#[tokio::test]
async fn without_a_shell_suspending_says_so_and_goes_on() {
    let mut rig = rig(Bench::default(), usize::MAX);
    rig.run("a ctrl+z b ctrl+q").await;
    assert_eq!(rig.cycle.program.told, ["no_shell"]);
    assert_eq!((rig.cycle.program.typed.as_str(), rig.cycle.outside.stops), ("ab", 0));
    assert_eq!(rig.line.written().len(), 3, "the terminal was kept");
}

#[tokio::test]
async fn effects_go_where_they_belong() {
    let mut rig = rig(Bench::default(), usize::MAX);
    rig.news.send(Msg::Asked(Ok(()))).expect("the loop listens");
    rig.run("ctrl+y ctrl+r ctrl+q").await;
    assert_eq!(rig.cycle.outside.performed, [Effect::Retry(crate::domain::JobId(4))]);
    assert!(rig.line.written().iter().any(|bytes| bytes == b"\x1b]52;c;d29yZHM=\x07"));
}

#[tokio::test(start_paused = true)]
async fn it_sleeps_until_the_core_wants_to_be_woken() {
    let mut rig = rig(Bench::default(), usize::MAX);
    rig.cycle.program.wakes = 3;
    let input = rig.input.clone();
    let begun = tokio::time::Instant::now();
    let leave = async {
        tokio::time::sleep(Duration::from_secs(4 * 3600)).await;
        input.send(Input::Key("ctrl+q".parse().expect("a key"))).expect("the loop listens");
    };
    tokio::join!(rig.cycle.run(), leave);
    assert_eq!(rig.cycle.program.wakes, 0);
    assert!(begun.elapsed() >= Duration::from_secs(4 * 3600));
}

#[test]
fn a_core_that_fails_leaves_a_whole_terminal() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut rig = rig(Bench::default(), usize::MAX);
    rig.press("!");
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| runtime.block_on(rig.cycle.run())));
    assert!(failed.is_err());
    rig.cycle.end();
    let last = rig.line.written().pop().expect("something was written");
    assert!(last.ends_with(b"\x1b[?1049l\x1b[?25h"));
}
