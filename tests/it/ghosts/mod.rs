//! No ghosts and no holes: whatever happened on the screen, it is as if drawn afresh. The real program walks by chance
//! through popups, screens, resizes and scrolls, on terminals that keep everything somebody would see.
//!
//! `walk` has the steps, `stage` the studio on its terminal. What failed is told with its seed and its steps.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::terminal::Kind;

pub mod stage;
mod walk;

use stage::{Shelf, Stage};
use walk::Walk;

/// Walks on each kind of terminal.
const WALKS: usize = 20;

/// Studios at once: they wait more than they work.
const AT_ONCE: usize = 8;

/// Steps of a walk.
const STEPS: usize = 20;

/// Walks, and says what went wrong.
fn walk(shelf: &Shelf, kind: Kind, seed: u64) -> Result<(), String> {
    let mut walk = Walk::new(seed);
    let mut stage = Stage::start(shelf, kind, walk.size());
    for _ in 0..STEPS {
        let step = walk.next();
        stage.take_step(&step, walk.pace());
        // Now and then in between: what is broken early may be mended by what follows.
        if walk.looks() {
            stage.is_as_if_drawn_afresh().map_err(|wrong| walk.tell(&wrong))?;
        }
    }
    stage.is_as_if_drawn_afresh().map_err(|wrong| walk.tell(&wrong))
}

/// `PINXIT_SEED=7` walks that way again and again.
fn walks(kind: Kind) {
    let (shelf, next) = (Shelf::new(), AtomicUsize::new(0));
    let seed = std::env::var("PINXIT_SEED").ok().map(|seed| seed.parse().expect("a number"));
    let take = || {
        let mut wrong = Vec::new();
        loop {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            if nth >= WALKS {
                return wrong;
            }
            wrong.extend(walk(&shelf, kind, seed.unwrap_or(nth as u64 + 1)).err());
        }
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let walkers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(take)).collect();
        walkers.into_iter().flat_map(|walker| walker.join().expect("a walker comes back")).collect()
    });
    assert!(wrong.is_empty(), "{} of {WALKS} walks on {kind:?} went wrong\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn a_walk_by_chance_leaves_no_ghost_and_no_hole_in_kitty() {
    walks(Kind::Kitty);
}

#[test]
fn a_walk_by_chance_leaves_no_ghost_and_no_hole_of_sixels() {
    walks(Kind::Xterm);
}

#[test]
fn a_walk_by_chance_leaves_no_ghost_and_no_hole_of_blocks() {
    walks(Kind::Plain);
}
