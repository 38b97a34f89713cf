//! Branches bare, blossoming or in leaf, willow, reeds and grass.
//!
//! Pine and bamboo live with the trees.

use super::brush::{Ink, Point, Sheet, along, heading, ribbon};
use super::noise::Rng;
use super::palette::{Palette, hex, mix};

type Spine = Vec<(f32, f32, f32)>;

/// A branch and the places along it where something can sit or open.
pub struct Branch {
    /// Along the main limb, from root to end.
    pub limb: Vec<Point>,
    /// On the twigs.
    pub tips: Vec<Point>,
}

/// Draws a branch from `root` in the direction `turns`, forking into twigs.
pub fn branch(sheet: &mut Sheet, palette: &Palette, root: Point, turns: f32, size: f32, rng: &mut Rng) -> Branch {
    let mut tips = Vec::new();
    let limb = grow(sheet, palette, (root, turns, size, size * 0.06), 0, rng, &mut tips);
    Branch { limb, tips }
}

fn grow(
    sheet: &mut Sheet,
    palette: &Palette,
    (root, turns, size, width): (Point, f32, f32, f32),
    depth: u32,
    rng: &mut Rng,
    tips: &mut Vec<Point>,
) -> Vec<Point> {
    let mut line = vec![(root.0, root.1, width)];
    let (mut x, mut y, mut turn) = (root.0, root.1, turns);
    for step in 1..=5 {
        turn += rng.between(-0.035, 0.035);
        let (dx, dy) = heading(turn);
        (x, y) = (x + dx * size * 0.2, y + dy * size * 0.2);
        line.push((x, y, width * (1.0 - step as f32 * 0.15)));
        if depth < 3 && step > 1 && rng.chance(0.78) {
            let fork = turn + rng.side() * rng.between(0.06, 0.13);
            let child = size * rng.between(0.38, 0.62);
            let thick = width * (1.0 - step as f32 * 0.15) * 0.6;
            grow(sheet, palette, ((x, y), fork, child, thick), depth + 1, rng, tips);
        }
        if depth > 0 && step > 2 {
            tips.push((x, y));
        }
    }
    sheet.stroke(&along(&line), Ink::of(palette.ink).dry(if depth == 0 { 0.22 } else { 0.1 }));
    if let (Some(snow), true) = (palette.snow, depth < 2) {
        let cap: Spine = line.iter().map(|&(x, y, w)| (x, y - w * 0.5, w * 0.55)).collect();
        sheet.stroke(&along(&cap), Ink::of(snow).thin(0.92));
    }
    line.into_iter().map(|(x, y, w)| (x, y - w * 0.4)).collect()
}

/// Opens blossoms and buds at some of the `spots`.
pub fn bloom(sheet: &mut Sheet, palette: &Palette, spots: &[Point], size: f32, rng: &mut Rng) {
    for &(x, y) in spots {
        if rng.chance(0.35) {
            continue;
        }
        let tone = mix(palette.petal, hex(0xfff1ee), rng.between(0.0, 0.55));
        let r = size * rng.between(0.55, 1.1);
        if rng.chance(0.25) {
            sheet.dot((x, y), r * 0.42, 0.3, Ink::of(mix(tone, palette.petal, 0.7)));
            continue;
        }
        let spin = rng.unit();
        for petal in 0..5 {
            let (dx, dy) = heading(spin + petal as f32 * 0.2);
            sheet.dot((x + dx * r * 0.62, y + dy * r * 0.62), r * 0.5, 0.45, Ink::of(tone).thin(0.9));
        }
        sheet.dot((x, y), r * 0.24, 0.5, Ink::of(mix(palette.petal, hex(0x6a1430), 0.55)));
    }
}

/// Hangs leaves in autumn colours on the `spots`.
pub fn leaves(sheet: &mut Sheet, palette: &Palette, spots: &[Point], size: f32, rng: &mut Rng) {
    for &(x, y) in spots {
        for _ in 0..3 {
            let tone = mix(palette.petal, hex(0xe9b04a), rng.between(0.0, 0.8));
            let (x, y) = (x + rng.between(-1.0, 1.0) * size, y + rng.between(-0.6, 1.2) * size);
            let (dx, dy) = heading(rng.unit());
            let long = size * rng.between(0.5, 0.95);
            let blade = along(&[
                (x - dx * long * 0.5, y - dy * long * 0.5, 0.0),
                (x, y, long * 0.55),
                (x + dx * long * 0.5, y + dy * long * 0.5, 0.0),
            ]);
            sheet.stroke(&blade, Ink::of(tone).thin(0.9));
        }
    }
}

/// Short grass in clumps along the ground, `ground` giving its height at a place.
pub fn turf(sheet: &mut Sheet, tone: [f32; 3], width: f32, tall: f32, ground: impl Fn(f32) -> f32, rng: &mut Rng) {
    let mut blades = Vec::new();
    let mut x = rng.between(0.0, 0.1);
    while x < width {
        for _ in 0..3 + rng.pick(9) {
            let foot = x + rng.between(-0.035, 0.035);
            let high = tall * rng.between(0.3, 1.0);
            let bend = high * rng.between(-0.55, 0.55);
            let y = ground(foot) + 0.004;
            blades.push(ribbon(&along(&[
                (foot, y, 0.0042),
                (foot + bend * 0.35, y - high * 0.6, 0.0030),
                (foot + bend, y - high, 0.0),
            ])));
        }
        x += rng.between(0.02, 0.22);
    }
    sheet.fill(&blades, Ink::of(tone).thin(0.9));
}

/// Willow strands hanging from beyond the top edge, around `x`.
pub fn willow(sheet: &mut Sheet, palette: &Palette, x: f32, long: f32, lean: f32, rng: &mut Rng) {
    for _ in 0..34 {
        let from = x + lean * rng.between(-0.05, 0.40);
        let drop = long * rng.between(0.3, 1.0) * (1.0 - 0.6 * ((from - x) * lean).max(0.0) / 0.4);
        let sway = rng.between(0.01, 0.09) * lean;
        let spine = along(&[
            (from, -0.03, 0.0036),
            (from + sway * 0.3, drop * 0.4, 0.003),
            (from + sway, drop * 0.8, 0.0022),
            (from + sway * 0.9, drop, 0.001),
        ]);
        let tone = mix(palette.leaf, palette.far, rng.between(0.0, 0.45));
        sheet.stroke(&spine, Ink::of(tone).thin(0.85));
        let mut leaves = Vec::new();
        for &(sx, sy, _) in spine.iter().skip(2) {
            let side = rng.side();
            let size = rng.between(0.010, 0.020);
            leaves.push(ribbon(&along(&[
                (sx, sy, 0.0),
                (sx + side * size * 0.35, sy + size * 0.5, size * 0.24),
                (sx + side * size * 0.5, sy + size * 1.2, 0.0),
            ])));
        }
        sheet.fill(&leaves, Ink::of(tone).thin(0.9));
    }
}

/// A tuft of reeds or grass at `root`.
pub fn reeds(sheet: &mut Sheet, palette: &Palette, root: Point, size: f32, blades: usize, rng: &mut Rng) {
    let lean = rng.side();
    for _ in 0..blades {
        let tall = size * rng.between(0.45, 1.0);
        let foot = root.0 + rng.between(-0.22, 0.22) * size;
        let bend = (lean * rng.between(0.05, 0.45) + rng.between(-0.1, 0.1)) * tall;
        let tip = (foot + bend, root.1 - tall);
        let spine = along(&[
            (foot, root.1 + 0.01, 0.0075 * size.max(0.1) * 4.0),
            (foot + bend * 0.3, root.1 - tall * 0.55, 0.006 * size.max(0.1) * 4.0),
            (tip.0, tip.1, 0.0),
        ]);
        sheet.stroke(&spine, Ink::of(mix(palette.leaf, palette.ink, 0.4)).thin(0.9));
        if rng.chance(0.3) {
            let head = [
                (tip.0, tip.1, 0.0),
                (tip.0 + bend * 0.08, tip.1 - tall * 0.05, size * 0.03),
                (tip.0 + bend * 0.2, tip.1 - tall * 0.09, 0.0),
            ];
            sheet.stroke(&along(&head), Ink::of(palette.ink).thin(0.9));
        }
    }
}
