//! How a sequence moves on: the season, or where the prompt names one, the hour of each picture.
//!
//! It changes what is wished for; the composition stays with the scene.

use super::words::{Hour, Land, Season, Wish};

/// The wish of picture `k` of `n`: what the prompt fixes stays, the rest follows the year.
pub fn turn(asked: &Wish, (k, n): (u32, u32)) -> Wish {
    let mut wish = asked.clone();
    let (step, count) = (k.saturating_sub(1), n.clamp(1, LONGEST));
    let lit = asked.hour.is_some() || asked.moon || asked.stars || asked.neon;
    if asked.season.is_some() || asked.land == Some(Land::Desert) {
        if !lit {
            wish.hour = Some(HOURS[quarter(step, count)]);
        }
        return wish;
    }
    wish.season = Some(SEASONS[quarter(step, count)]);
    if !lit {
        wish.hour = Some(within(step, count));
    }
    wish
}

/// How far the sequence has come, `0.0..=1.0`.
pub fn progress((k, n): (u32, u32)) -> f32 {
    (k.saturating_sub(1) as f32 / n.saturating_sub(1).max(1) as f32).min(1.0)
}

/// Longer sequences than anybody can order end in winter.
const LONGEST: u32 = 99;
const SEASONS: [Season; 4] = [Season::Spring, Season::Summer, Season::Autumn, Season::Winter];
const HOURS: [Hour; 4] = [Hour::Dawn, Hour::Day, Hour::Dusk, Hour::Night];

fn quarter(step: u32, count: u32) -> usize {
    (u64::from(step) * 4 / u64::from(count)).min(3) as usize
}

/// The hour of a picture that shares its season with others.
fn within(step: u32, count: u32) -> Hour {
    let mates = (0..count).filter(|&other| quarter(other, count) == quarter(step, count));
    let (before, all) = mates.fold((0, 0), |(before, all), other| (before + usize::from(other < step), all + 1));
    match all {
        0 | 1 => Hour::Day,
        2 => [Hour::Day, Hour::Dusk][before.min(1)],
        _ => [Hour::Dawn, Hour::Day, Hour::Dusk][(before * 3 / all).min(2)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seasons(prompt: &str, n: u32) -> Vec<Option<Season>> {
        (1..=n).map(|k| turn(&Wish::read(prompt), (k, n)).season).collect()
    }

    #[test]
    fn four_pictures_are_the_four_seasons() {
        assert_eq!(seasons("a hut by a lake", 4), SEASONS.map(Some));
        assert_eq!(seasons("a hut", 2), [Some(Season::Spring), Some(Season::Autumn)]);
        assert_eq!(seasons("a hut", 12)[11], Some(Season::Winter));
    }

    #[test]
    fn a_named_season_stays_and_the_day_passes() {
        let wish = Wish::read("a fox in snow");
        let hours: Vec<_> = (1..=4).map(|k| turn(&wish, (k, 4)).hour).collect();
        assert_eq!(hours, HOURS.map(Some));
        assert_eq!(seasons("a fox in snow", 4), [Some(Season::Winter); 4]);
    }

    #[test]
    fn odd_places_are_placed_somewhere() {
        for place in [(0, 0), (1, 0), (9, 4), (u32::MAX, u32::MAX - 1)] {
            assert!((0.0..=1.0).contains(&progress(place)));
        }
        assert_eq!(turn(&Wish::default(), (9, 4)).season, Some(Season::Winter));
    }
}
