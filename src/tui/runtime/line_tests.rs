//! What keys cost on the line: the studio itself through the frame gate, at both sizes and on every screen.

// A studio is made of what this room must not know: in a module of tests it may.
#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::screen::Screen;
    use crate::catalog::Catalog;
    use crate::domain::lineage::{Lineage, arrange};
    use crate::domain::{
        Caps, Card, Cost, Depth, Format, Image, ImageId, Job, JobId, Mode, Money, Phase, Region, Request, Stamp,
    };
    use crate::keymap::{Key, Keymap};
    use crate::prompt::style::Styles;
    use crate::theme::Theme;
    use crate::tui::msg::{Changed, Msg};
    use crate::tui::state::{Opening, State};
    use crate::tui::update::update;
    use crate::tui::view::view;

    const NOW: Stamp = Stamp(1_795_339_800_000);

    /// A studio and the line to its terminal.
    struct Line {
        state: State,
        screen: Screen,
    }

    fn job(id: i64, phase: Phase) -> Job {
        let request = Request {
            prompt: "a red fox in snow, 雪中红狐".into(),
            ..Request::new("wan2.6-t2i".into(), Mode::TextToImage)
        };
        let estimate = Cost::Known { unit: Money::usd(30_000), images: 1, basis: "price file".into() };
        let sent = (phase != Phase::Queued).then_some(NOW);
        Job { phase, sent, expected: 1, ..Job::queued(JobId(id), Arc::new(request), estimate, NOW) }
    }

    impl Line {
        fn new(size: (u16, u16), unicode: bool) -> Line {
            let depth = if unicode { Depth::True } else { Depth::Mono };
            let mut state = State::new(Opening {
                catalog: Arc::new(Catalog::builtin()),
                keymap: Arc::new(Keymap::builtin()),
                theme: Arc::new(Theme::named("ink", depth).expect("a theme")),
                unicode,
                model: "wan2.7-image-pro".into(),
                ask_above: Some(Money::usd(500_000)),
                caps: Caps::NONE,
                region: Region::Singapore,
                demo: false,
                styles: Arc::new(Styles::builtin()),
                lists: Vec::new(),
                dice: 1,
                draft: None,
            });
            state.size = size;
            let phases = [Phase::Done, Phase::Running, Phase::Queued, Phase::Queued, Phase::Failed, Phase::Unsure];
            let jobs = (1..).zip(phases).map(|(id, phase)| job(id, phase)).collect();
            let mut line = Line { state, screen: Screen::new(size.0, size.1, unicode) };
            line.tell(Msg::Changed(Changed { jobs, ..Changed::default() }));
            line
        }

        fn tell(&mut self, msg: Msg) -> Vec<u8> {
            update(&mut self.state, NOW, msg);
            // As the loop does it: at most one frame for what happened.
            self.screen.frame(|frame| view(&self.state, NOW, frame)).unwrap_or_default()
        }

        /// What each of these keys costs, separated by blanks.
        fn press(&mut self, keys: &str) -> Vec<usize> {
            keys.split(' ').map(|key| self.tell(Msg::Key(key.parse::<Key>().expect(key))).len()).collect()
        }

        fn go(&mut self, keys: &str) -> &mut Line {
            self.press(keys);
            self
        }
    }

    /// Both sizes, with every glyph and with ASCII only.
    fn lines() -> Vec<Line> {
        let sizes = [(80, 24), (120, 40)];
        sizes.into_iter().flat_map(|size| [true, false].map(|unicode| Line::new(size, unicode))).collect()
    }

    fn assert_at_most(line: &mut Line, what: &str, keys: &str, most: usize) {
        let spent = line.press(keys);
        let size = line.state.size;
        eprintln!("{what} at {size:?}, unicode {}: {spent:?}", line.state.unicode);
        assert!(spent.iter().all(|bytes| *bytes <= most), "{what} at {size:?}: {spent:?} of {most} bytes each");
        assert!(spent.iter().any(|bytes| *bytes > 0), "{what} at {size:?} shows nothing");
    }

    #[test]
    fn a_letter_costs_at_most_64_bytes_wherever_it_is_typed() {
        let letters = "a space r e d space f o x ,";
        for (what, way) in [
            ("the prompt", "end"),
            ("the negative prompt", "tab"),
            ("a prompt under way", "x y z"),
            ("a value", "esc tab tab j j enter"),
            ("a filter of jobs", "esc 2 /"),
            ("a word for the history", "ctrl+r"),
        ] {
            for mut line in lines() {
                line.go(way);
                // The first letter takes the hint or the old value away.
                line.go("q w");
                assert_at_most(&mut line, what, letters, 64);
            }
        }
    }

    #[test]
    fn a_move_of_the_focus_costs_at_most_1600_bytes() {
        for mut line in lines() {
            assert_at_most(&mut line, "from pane to pane", "esc tab tab tab tab shift+tab shift+tab", 1_600);
            assert_at_most(&mut line, "down the settings", "tab tab j j j j k k", 1_600);
            assert_at_most(line.go("2"), "from job to job", "j j j k k G", 1_600);
        }
    }

    /// A gallery of pictures that are not painted: what they cost is another question.
    fn gallery(line: &mut Line, list: bool) {
        line.go("esc 3");
        let made = |nth: u32| {
            let job = job(900 - i64::from(nth), Phase::Done);
            let id = ImageId { job: job.id, index: 0 };
            let (width, height, bytes, format) = (1280, 720 + nth, 9_000_000, Format::Png);
            let path = format!("/home/ana/Pictures/pinxit/2026-11-22/093000-fox-{nth}.png").into();
            let (sha256, seed, saved) = (String::new(), Some(7 + nth), NOW);
            let mut request = (*job.request).clone();
            request.prompt += &format!(", by a frozen river that winds through the hills, take {nth}");
            Card {
                image: Image { id, path, sha256, width, height, bytes, format, seed, saved },
                request: Arc::new(request),
                asked: NOW,
                took: None,
                price: Some(Money::usd(30_000 + i64::from(nth))),
                project: None,
                name: None,
                batch: None,
                parent: None,
                children: 0,
                star: nth.is_multiple_of(2),
                rejected: false,
                tags: vec![format!("tag {nth}")],
                binned: None,
                purged: None,
            }
        };
        let ticket = line.state.gallery.tickets;
        line.state.gallery.list = list;
        line.tell(Msg::Shelf { ticket, result: Ok((0..100).map(made).collect()) });
        line.tell(Msg::Counted { ticket, count: 100 });
    }

    #[test]
    fn a_step_in_the_gallery_costs_at_most_1600_bytes_beside_its_pictures() {
        for list in [false, true] {
            for mut line in lines() {
                gallery(&mut line, list);
                assert_at_most(&mut line, "in the gallery", "l j l k h f space", 1_600);
                assert_at_most(line.go("/"), "a search in the gallery", "f o x space", 64);
            }
        }
    }

    #[test]
    fn a_step_in_the_history_costs_at_most_1600_bytes_beside_its_pictures() {
        for mut line in lines() {
            line.go("esc 4");
            let kin = |id: i64| {
                let mut job = job(id, Phase::Done);
                let mut request = (*job.request).clone();
                request.prompt += &format!(", by a frozen river that winds through the hills, take {id}");
                (job.request, job.parent) = (Arc::new(request), (id > 101).then(|| JobId(id / 2 + 50).into()));
                job
            };
            let rows = arrange((101..160).map(kin).collect());
            let (words, most) = (String::new(), line.state.lineage.most);
            line.tell(Msg::Lineage { words, most, result: Ok(Lineage { rows, ..Lineage::default() }) });
            assert_at_most(&mut line, "in the history", "j j k j", 1_600);
        }
    }

    #[test]
    fn moves_in_lists_cost_at_most_1600_bytes() {
        for (what, way, moves) in
            [("in the models", "esc m", "down down down up"), ("in the commands", "esc :", "down down down up")]
        {
            for mut line in lines() {
                line.go(way);
                assert_at_most(&mut line, what, moves, 1_600);
            }
        }
    }

    #[test]
    fn a_page_that_scrolls_costs_at_most_half_of_a_first_frame() {
        for mut line in lines() {
            assert_at_most(line.go("esc f1"), "in the help", "down down up", 4_096);
        }
    }

    #[test]
    fn a_letter_that_narrows_a_list_costs_at_most_1600_bytes() {
        for (what, way, letters) in [("the models", "esc m", "w a n 2 7"), ("the commands", "esc :", "p a u s e")] {
            for mut line in lines() {
                assert_at_most(line.go(way), what, letters, 1_600);
            }
        }
    }

    #[test]
    fn the_price_changes_for_at_most_200_bytes() {
        for mut line in lines() {
            line.go("f o x esc tab tab");
            let wanted = crate::tui::state::SettingRow::Parameter("n".into());
            while line.state.setting_rows().get(line.state.compose.row) != Some(&wanted) {
                line.go("j");
            }
            assert_at_most(&mut line, "one picture more", "l l l h h", 200);
        }
    }

    #[test]
    fn what_shows_nothing_new_costs_nothing() {
        for way in ["end", "esc", "esc 2", "esc 3", "esc 5", "esc m", "esc :", "f1", "ctrl+r", "ctrl+t", "esc t"] {
            for mut line in lines() {
                line.go(way);
                let wakes: Vec<usize> = (0..3).map(|_| line.tell(Msg::Wake).len()).collect();
                assert_eq!(wakes, [0, 0, 0], "{way} at {:?}", line.state.size);
            }
        }
    }

    #[test]
    fn the_first_frame_costs_at_most_8_kib() {
        for size in [(80, 24), (120, 40)] {
            for unicode in [true, false] {
                let line = Line::new(size, unicode);
                let bytes =
                    Screen::new(size.0, size.1, unicode).frame(|frame| view(&line.state, NOW, frame)).expect("a frame");
                eprintln!("first frame at {size:?}: {}", bytes.len());
                assert!(bytes.len() <= 8 * 1024, "{} bytes at {size:?}", bytes.len());
            }
        }
    }
}
