//! Ids shaped like UUIDs and the one mixing function everything random is drawn from.
//! Not here: what the ids name.

use std::sync::atomic::{AtomicU64, Ordering};

/// Ids in an order fixed by the seed: the same seed gives the same ids again.
#[derive(Debug)]
pub struct Ids {
    seed: u64,
    given: AtomicU64,
}

impl Ids {
    pub fn new(seed: u64) -> Ids {
        Ids { seed, given: AtomicU64::new(0) }
    }

    /// The next id, shaped `8-4-4-4-12` in lower-case hexadecimal.
    pub fn next(&self) -> String {
        let count = self.given.fetch_add(1, Ordering::Relaxed);
        let high = mix(self.seed ^ mix(count.wrapping_mul(2)));
        let low = mix(self.seed ^ mix(count.wrapping_mul(2) + 1));
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff,
        )
    }
}

/// SplitMix64's step: spreads every input bit over the whole word.
pub fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// FNV-1a over the bytes of a text.
pub fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The seed of an order that named none: the same prompt in the same place of a session gives the
/// same picture again. Within 0..=2147483647 (contract 3.2).
pub fn chosen_seed(prompt: &str, count: u64) -> u32 {
    (mix(hash(prompt) ^ mix(count)) & 0x7fff_ffff) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_are_shaped_like_uuids_and_never_repeat() {
        let ids = Ids::new(7);
        let many: HashSet<String> = (0..5_000).map(|_| ids.next()).collect();
        assert_eq!(many.len(), 5_000);
        for id in many {
            let groups: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(groups, [8, 4, 4, 4, 12], "{id}");
            assert!(id.chars().all(|c| c == '-' || c.is_ascii_hexdigit()));
        }
    }

    #[test]
    fn a_seed_fixes_the_ids() {
        assert_eq!(Ids::new(7).next(), Ids::new(7).next());
        assert_ne!(Ids::new(7).next(), Ids::new(8).next());
    }

    #[test]
    fn a_chosen_seed_is_legal_and_differs_by_prompt_and_count() {
        for count in 0..1_000 {
            assert!(chosen_seed("a fox", count) <= 2_147_483_647);
        }
        assert_ne!(chosen_seed("a fox", 0), chosen_seed("a fox", 1));
        assert_ne!(chosen_seed("a fox", 0), chosen_seed("a cat", 0));
        assert_eq!(chosen_seed("a fox", 3), chosen_seed("a fox", 3));
    }
}
