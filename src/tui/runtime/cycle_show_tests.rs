//! What the terminal is asked in the loop, and what becomes of its answers.

use super::*;

/// A terminal that may be asked.
fn askable(name: &str) -> Option<String> {
    (name == "TERM").then(|| "xterm-256color".into())
}

fn is_question(bytes: &[u8]) -> bool {
    bytes == b"\x1b[>q\x1b[16t\x1b[c"
}

#[tokio::test]
async fn the_terminal_is_asked_after_the_first_frame_and_its_answer_is_taken() {
    let mut rig = rig_on(Bench::default(), usize::MAX, askable);
    rig.cycle.wire.drain(Duration::from_secs(10));
    let written = rig.line.written();
    assert!(is_question(&written[2]) && written.len() == 3, "taken, first frame, question");
    assert!(rig.cycle.outside.ways.is_empty(), "nothing is painted yet");
    let answers = [&b"\x1bP>|kitty(0.48.2)\x1b\\"[..], b"\x1b[6;20;10t", b"\x1b[?62;c", b"\x1b[0n"];
    for bytes in answers {
        rig.input.send(Input::Answer(bytes.to_vec())).expect("the loop listens");
    }
    rig.run("a ctrl+q").await;
    assert_eq!(rig.cycle.outside.ways, ["kitty"]);
    assert_eq!(rig.cycle.program.typed, "a");
    assert!(!rig.cycle.pictures.awaits());
}

#[tokio::test(start_paused = true)]
async fn a_mute_terminal_is_drawn_on_all_the_same_and_may_answer_late() {
    let mut rig = rig_on(Bench::default(), usize::MAX, askable);
    let input = rig.input.clone();
    let late = async {
        // The clock of the machine, which is not the tests'.
        std::thread::sleep(Duration::from_millis(510));
        tokio::time::sleep(Duration::from_secs(3)).await;
        let answer = |bytes: &[u8]| input.send(Input::Answer(bytes.to_vec())).expect("the loop listens");
        answer(b"\x1bP>|kitty(0.48.2)\x1b\\");
        answer(b"\x1b[?62;c");
        input.send(Input::Key("ctrl+q".parse().expect("a key"))).expect("the loop listens");
    };
    tokio::join!(rig.cycle.run(), late);
    assert_eq!(rig.cycle.outside.ways, ["half-block", "kitty"]);
}
