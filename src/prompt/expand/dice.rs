//! Numbers that look thrown and are the same for the same seed (SplitMix64).

use std::collections::HashSet;

/// A source of numbers that a seed decides.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The source of `seed`.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// The next number, any of 64 bits.
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        // The high half of a product: off from even by one part in 2^64 / bound, which no one can see.
        ((u128::from(self.throw()) * u128::from(bound)) >> 64) as u64
    }

    /// `count` different numbers below `bound`, in rising order; all of them when there are no more.
    pub fn sample(&mut self, count: usize, bound: usize) -> Vec<usize> {
        // Floyd's way: as many throws as numbers, however large the bound.
        let mut taken = HashSet::new();
        for high in bound.saturating_sub(count)..bound {
            let thrown = self.below(high as u64 + 1) as usize;
            if !taken.insert(thrown) {
                taken.insert(high);
            }
        }
        let mut taken: Vec<_> = taken.into_iter().collect();
        taken.sort_unstable();
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_splitmix() {
        // The first three of seed 1234567, as published with the algorithm.
        let mut dice = Dice::new(1_234_567);
        let thrown = [dice.throw(), dice.throw(), dice.throw()];
        assert_eq!(thrown, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn samples_are_different_numbers_in_range() {
        let mut dice = Dice::new(7);
        let mut seen = [0; 5];
        for _ in 0..500 {
            let sample = dice.sample(2, 5);
            assert!(sample.len() == 2 && sample[0] < sample[1] && sample[1] < 5, "{sample:?}");
            sample.iter().for_each(|at| seen[*at] += 1);
        }
        assert!(seen.iter().all(|count| (140..260).contains(count)), "{seen:?}");
        assert_eq!((dice.sample(9, 3), dice.below(0)), (vec![0, 1, 2], 0));
    }
}
