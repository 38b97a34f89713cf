//! What a picture takes in a pane: from its file, from memory, and from the disk at another start.

use std::time::Instant;

use tokio::sync::mpsc::unbounded_channel;

use super::tests::{ITERM, KITTY, id, means, next, tools};
use super::*;

#[test]
#[ignore = "measures; its figures stand in tests/bench/pictures.txt"]
fn what_a_pane_takes() {
    let files = std::env::var("PINXIT_BENCH").expect("PINXIT_BENCH=FILE:FILE...");
    for path in files.split(':').map(PathBuf::from) {
        for way in [KITTY, ITERM] {
            let mut means = means(way);
            means.canvas.cell = (10, 20);
            let home = tempfile::tempdir().expect("a folder");
            let tools = Tools { cache: Some(home.path().join("cache")), cap: Some(1_000_000), ..tools() };
            let start = || {
                let (send, painted) = unbounded_channel();
                let painter = Painter::start(tools.clone(), send).expect("a thread");
                painter.turn(means.clone());
                (painter, painted)
            };
            let wish = || Wish::Whole { image: id(0), path: path.clone(), pane: (80, 40) };
            // From the wish to the cells that say where it lies, with what is sent in the stock.
            let time = |(painter, painted): &mut (Painter, _)| {
                let begun = Instant::now();
                painter.paint(wish());
                next(painted).cells.expect("cells");
                begun.elapsed().as_secs_f64() * 1000.0
            };
            let median = |run: &mut dyn FnMut() -> f64| {
                let mut runs: Vec<f64> = (0..9).map(|_| run()).collect();
                runs.sort_unstable_by(f64::total_cmp);
                runs[4]
            };
            let file = median(&mut || {
                let _ = std::fs::remove_dir_all(home.path().join("cache"));
                time(&mut start())
            });
            let disk = median(&mut || time(&mut start()));
            let mut studio = start();
            time(&mut studio);
            let memory = median(&mut || time(&mut studio));
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            println!("{name:<20} {way:?}: file {file:.1} ms, memory {memory:.3} ms, disk {disk:.1} ms");
        }
    }
}
