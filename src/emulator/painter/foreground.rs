//! The brush strokes over the backdrop: subject, plants, what flies and falls; the painter's seal.
//!
//! It chooses and places them; how each is drawn lives with its own noun.

use super::brush::{Ink, Point, Sheet};
use super::flora;
use super::noise::Rng;
use super::palette::{Palette, hex, mix};
use super::scene::Scene;
use super::stand::Stand;
use super::words::{Land, Plant, Season, Subject};
use super::{birds, built, city, creatures, fox, seal, sprinkle, trees};

/// Draws everything that stands before the hills, but for the seal.
pub fn draw(scene: &Scene, sheet: &mut Sheet) {
    let mut rng = Rng::of(scene.seed, 10);
    far_things(scene, sheet, &mut rng);
    flora_of(scene, sheet, &mut Rng::of(scene.seed, 11));
    subject(scene, sheet);
    let later = scene.place.map_or(0, |(k, _)| u64::from(k) << 8);
    weather(scene, sheet, &mut Rng::of(scene.seed, 12 + later));
}

/// The side of the painter's seal, in units.
pub const SEAL: f32 = 0.058;

/// Sets the painter's seal and gives its lower left corner.
pub fn sign(scene: &Scene, sheet: &mut Sheet) -> Point {
    let x = if scene.light > 0.0 { scene.stage.w - 0.045 - SEAL } else { 0.045 };
    let at = (x, scene.stage.h - 0.045);
    seal::seal(sheet, &scene.palette, at, SEAL, &mut Rng::of(scene.seed, 13));
    at
}

/// A city, a pagoda or a boat in the distance; birds.
fn far_things(scene: &Scene, sheet: &mut Sheet, rng: &mut Rng) {
    let (stage, palette, wish) = (&scene.stage, &scene.palette, &scene.wish);
    if let (true, true, Some(orb)) = (scene.overlaid, wish.moon, scene.backdrop.sky.orb) {
        sheet.dot((orb.x, orb.y), orb.radius * 1.5, 1.6, Ink::of(palette.orb).thin(0.22));
        sheet.dot((orb.x, orb.y), orb.radius, 0.06, Ink::of(palette.orb).thin(0.92));
    }
    let shore = scene.backdrop.water.map_or(stage.h * 0.80, |water| water.line);
    let facing = -scene.light;
    match wish.subject {
        Some(Subject::City) => {
            city::city(sheet, palette, stage, shore, scene.focus, wish.neon, rng);
        }
        Some(Subject::Pagoda) => {
            let x = scene.subject_x();
            let ground = scene.backdrop.ranges.last().map_or(shore, |range| range.ridge_at(stage, x));
            let at = (x, ground.min(stage.h * 0.84) + 0.012);
            let stand = Stand { at, size: 0.34, facing };
            built::pagoda(sheet, palette, stand, wish.subject_hue);
        }
        _ => {}
    }
    if let (Some(water), true) = (scene.backdrop.water, wish.subject != Some(Subject::Boat))
        && rng.chance(0.4)
    {
        let y = water.line + (stage.h - water.line) * rng.between(0.16, 0.34);
        let at = (stage.w * (0.5 + scene.light * rng.between(0.0, 0.25)), y);
        let stand = Stand { at, size: rng.between(0.07, 0.10), facing };
        built::boat(sheet, palette, stand, None);
    }
    let birds = wish.subject == Some(Subject::Bird) || rng.chance(0.6);
    if birds && !wish.rain && wish.subject != Some(Subject::Crane) {
        let x = stage.w * (0.5 - scene.light * rng.between(-0.08, 0.2));
        let y = stage.view() * rng.between(0.12, 0.24) + (stage.h - stage.view()) * 0.1;
        birds::flock(sheet, palette, (x, y), scene.light, rng);
    }
}

fn subject(scene: &Scene, sheet: &mut Sheet) {
    let (palette, wish, stage) = (&scene.palette, &scene.wish, &scene.stage);
    let x = scene.subject_x();
    let facing = -scene.light;
    let hue = wish.subject_hue;
    let on_ground = |size: f32| Stand { at: (x, scene.ground(x) + 0.012), size, facing };
    match wish.subject {
        Some(Subject::Fox) => fox::fox(sheet, palette, on_ground(0.30), hue),
        Some(Subject::Cat) => creatures::cat(sheet, palette, on_ground(0.25), hue),
        Some(Subject::Dog) => creatures::dog(sheet, palette, on_ground(0.25), hue),
        Some(Subject::Deer) => creatures::deer(sheet, palette, on_ground(0.25), hue),
        Some(Subject::Traveller) => creatures::traveller(sheet, palette, on_ground(0.20), hue),
        Some(Subject::Hut) => built::hut(sheet, palette, on_ground(0.30), hue),
        Some(Subject::Cup) => built::cup(sheet, palette, on_ground(0.27), hue),
        Some(Subject::Crane) => {
            for (dx, dy, size) in [(0.0, 0.30, 0.27), (0.17, 0.18, 0.17)] {
                let at = (x + dx * scene.light, stage.view() * dy + (stage.h - stage.view()) * 0.3);
                birds::crane(sheet, palette, Stand { at, size, facing }, hue);
            }
        }
        Some(Subject::Boat) => {
            let line = scene.backdrop.water.map_or(0.7, |water| water.line);
            let y = line + (stage.h - line) * 0.42;
            let at = (x, y.min(scene.ground(x) - 0.07));
            built::boat(sheet, palette, Stand { at, size: 0.30, facing }, hue);
        }
        _ => {}
    }
}

/// The plant asked for, or one that suits the season and leaves the subject room.
fn flora_of(scene: &Scene, sheet: &mut Sheet, rng: &mut Rng) {
    let (palette, stage, wish) = (&scene.palette, &scene.stage, &scene.wish);
    let side = -scene.light;
    let edge = stage.w * (0.5 + 0.5 * side);
    let inset = |d: f32| edge - side * d;
    let low = scene.ground(inset(0.14));
    turf(scene, sheet, rng);
    let rootless = scene.overlaid && scene.backdrop.bank.is_none();
    match plant(scene, rng).map(|plant| if rootless && plant == Plant::Reeds { Plant::Bare } else { plant }) {
        Some(Plant::Pine) if scene.backdrop.bank.is_some() && wish.subject.is_none() => {
            trees::pine(sheet, palette, (inset(0.17), low), 0.52, -side, rng);
        }
        Some(Plant::Pine) => {
            let root = (edge + side * 0.04, stage.view() * rng.between(0.12, 0.24));
            let tip = (inset(0.42), root.1 + rng.between(0.02, 0.12));
            trees::bough(sheet, palette, root, tip, rng);
        }
        Some(Plant::Bamboo) => {
            trees::bamboo(sheet, palette, (inset(0.06), stage.h + 0.05), stage.view() * 1.15, -side, rng);
        }
        Some(plant @ (Plant::Bare | Plant::Blossom)) => {
            let root = (edge + side * 0.03, stage.view() * rng.between(0.16, 0.32));
            let turns = if side > 0.0 { 0.5 } else { 0.0 } + side * rng.between(0.015, 0.06);
            let branch = flora::branch(sheet, palette, root, turns, 0.52, rng);
            match wish.season {
                _ if plant == Plant::Bare => {}
                Some(Season::Autumn) => flora::leaves(sheet, palette, &branch.tips, 0.026, rng),
                // The same tree through the year; a single picture blooms whenever it is asked to.
                Some(Season::Winter) if scene.place.is_some() => {}
                Some(Season::Summer) if scene.place.is_some() => {
                    let green = Palette { petal: mix(palette.leaf, hex(0x4d8a3c), 0.6), ..palette.clone() };
                    flora::leaves(sheet, &green, &branch.tips, 0.028, rng);
                }
                _ => flora::bloom(sheet, palette, &branch.tips, 0.022, rng),
            }
            if wish.subject == Some(Subject::Bird) {
                let at = branch.limb[3];
                let stand = Stand { at: (at.0, at.1 + 0.004), size: 0.20, facing: side };
                birds::perched(sheet, palette, stand, wish.subject_hue);
            }
        }
        Some(Plant::Willow) => {
            flora::willow(sheet, palette, inset(0.02), stage.view() * 0.62, -side, rng);
        }
        Some(Plant::Reeds) => {
            for _ in 0..3 {
                let x = inset(rng.between(0.03, 0.26));
                flora::reeds(sheet, palette, (x, scene.ground(x) + 0.02), 0.26, 13, rng);
            }
        }
        None => {}
    }
}

/// Grass on the near bank; dry stalks where there is snow, nothing on sand.
fn turf(scene: &Scene, sheet: &mut Sheet, rng: &mut Rng) {
    let palette = &scene.palette;
    if scene.backdrop.bank.is_none() || scene.wish.land == Some(Land::Desert) {
        return;
    }
    let (tone, tall) = match palette.snow {
        Some(_) => (mix(palette.near, hex(0x8a6a48), 0.4), 0.045),
        None => (mix(palette.near, palette.ink, 0.5), 0.038),
    };
    flora::turf(sheet, tone, scene.stage.w, tall, |x| scene.ground(x), rng);
}

fn plant(scene: &Scene, rng: &mut Rng) -> Option<Plant> {
    let wish = &scene.wish;
    let choice = rng.pick(8);
    if wish.plant.is_some() {
        return wish.plant;
    }
    match (wish.season, wish.land, wish.subject) {
        (_, Some(Land::Desert), _) | (_, _, Some(Subject::City)) => None,
        _ if scene.place.is_some() => Some(Plant::Blossom),
        (_, _, Some(Subject::Bird)) if wish.season == Some(Season::Spring) => Some(Plant::Blossom),
        (_, _, Some(Subject::Bird)) => Some(Plant::Bare),
        (Some(Season::Spring), _, _) => Some(if choice < 5 { Plant::Blossom } else { Plant::Willow }),
        (Some(Season::Winter), _, _) => Some(if choice < 6 { Plant::Bare } else { Plant::Pine }),
        (Some(Season::Autumn), _, _) => Some(if choice < 4 { Plant::Blossom } else { Plant::Reeds }),
        (_, Some(Land::Sea), _) => [Some(Plant::Pine), None][choice % 2],
        _ => [
            Some(Plant::Pine),
            Some(Plant::Bamboo),
            Some(Plant::Reeds),
            Some(Plant::Pine),
            Some(Plant::Willow),
            Some(Plant::Bare),
            None,
            Some(Plant::Pine),
        ][choice],
    }
}

fn weather(scene: &Scene, sheet: &mut Sheet, rng: &mut Rng) {
    let (palette, stage, wish) = (&scene.palette, &scene.stage, &scene.wish);
    if wish.rain {
        sprinkle::rainfall(sheet, palette, stage, rng);
    } else if wish.season == Some(Season::Winter) {
        sprinkle::snowfall(sheet, palette, stage, rng);
    } else if matches!(wish.season, Some(Season::Spring | Season::Autumn))
        || (wish.plant == Some(Plant::Blossom) && scene.place.is_none())
    {
        sprinkle::petals(sheet, palette, stage, rng);
    }
}
