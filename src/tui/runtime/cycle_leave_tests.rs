//! The terminal lent to the user's own editor, and what is done last.

use super::*;

#[tokio::test]
async fn the_users_own_editor_has_the_terminal_and_the_keys_until_it_ends() {
    let mut rig = rig(Bench { editor: Some("vim".into()), shell: true, ..Bench::default() }, usize::MAX);
    let news = rig.news.clone();
    rig.press("a b ctrl+e c");
    while !rig.cycle.lent {
        let event = rig.cycle.next().await;
        rig.cycle.happen(event);
    }
    // The editor stops the whole job, is continued, is interrupted; a line that is gone waits for what it holds.
    for signal in [Signal::Suspend, Signal::Continue, Signal::Interrupt, Signal::Leave] {
        rig.signals.send(signal).expect("the loop listens");
        let event = rig.cycle.next().await;
        rig.cycle.happen(event);
    }
    rig.cycle.wire.drain(Duration::from_secs(10));
    assert!(!rig.cycle.guard.has_it() && rig.cycle.wait_to_draw().is_none(), "nothing is drawn into the editor");
    assert_eq!((rig.cycle.outside.stops, rig.cycle.leaving), (1, false));
    assert_eq!(rig.cycle.outside.ears, ["deafen"]);
    news.send(Msg::Edited(Ok("words".into()))).expect("the loop listens");
    rig.cycle.run().await;
    assert_eq!(rig.cycle.outside.edited, ["vim ab"]);
    assert_eq!(rig.cycle.program.typed, "wordsc", "what was typed before it began comes after it");
    assert_eq!(rig.cycle.outside.ears, ["deafen"], "leaving: nobody listens any more");
}

#[tokio::test]
async fn after_the_editor_the_screen_is_whole_and_keys_are_heard_again() {
    let mut rig = rig(Bench { editor: Some("vim".into()), ..Bench::default() }, usize::MAX);
    rig.press("a ctrl+e");
    rig.news.send(Msg::Edited(Ok("words".into()))).expect("the loop listens");
    let back = async {
        while rig.cycle.outside.ears.len() < 2 {
            let event = rig.cycle.next().await;
            rig.cycle.happen(event);
        }
    };
    tokio::time::timeout(Duration::from_secs(10), back).await.expect("the terminal is ours");
    let typed = rig.cycle.outside.typed.clone().expect("it listens");
    for key in ["x", "ctrl+q"] {
        typed.send(Input::Key(key.parse().expect("a key"))).expect("the loop listens");
    }
    rig.cycle.run().await;
    rig.cycle.draw();
    rig.cycle.wire.drain(Duration::from_secs(10));
    assert_eq!(rig.shown()[0], "wordsx");
    assert_eq!(rig.cycle.outside.ears, ["deafen", "listen"]);
}

#[tokio::test]
async fn without_an_editor_the_terminal_stays_ours_and_it_is_said() {
    let mut rig = rig(Bench::default(), usize::MAX);
    rig.run("a ctrl+e b ctrl+q").await;
    assert_eq!(
        (rig.cycle.program.told.as_slice(), rig.cycle.program.typed.as_str()),
        (&["no_editor".to_owned()][..], "ab")
    );
    assert!(rig.cycle.guard.has_it() && rig.cycle.outside.ears.is_empty());
}

#[tokio::test]
async fn the_draft_is_kept_at_every_way_out_a_panic_included() {
    for way in ["ctrl+q", "hangup", "panic"] {
        let mut rig = rig(Bench::default(), usize::MAX);
        rig.press("a b");
        match way {
            "hangup" => {
                while rig.cycle.program.typed != "ab" {
                    let event = rig.cycle.next().await;
                    rig.cycle.happen(event);
                }
                rig.signals.send(Signal::Leave).expect("the loop listens");
            }
            "panic" => rig.press("!"),
            key => rig.press(key),
        }
        let _recording = super::super::super::panic::Recording::start();
        let turned = futures_util::FutureExt::catch_unwind(AssertUnwindSafe(rig.cycle.run())).await;
        assert_eq!(turned.is_err(), way == "panic");
        let wanted = rig.cycle.program.draft();
        let (outside, _) = rig.cycle.end();
        assert_eq!(outside.performed, [Effect::KeepDraft(Box::new(wanted.clone()))], "{way}");
        assert_eq!(wanted.form.prompt.text(), "ab");
    }
}
