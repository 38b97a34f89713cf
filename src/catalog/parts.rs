//! A request to the requests it is sent as: a job may ask for more pictures than one request makes.

use crate::domain::{Mode, Request, SEED_MAX};

use super::{ModeSpec, Model, Note};

/// Most pictures one job may ask for where several requests can share the work. Ours, not the service's: enough for a
/// wall of variants, too few for an expensive slip of the finger.
pub const PICTURES_MAX: u32 = 24;

impl ModeSpec {
    /// Whether its pictures are independent, so that several requests can share them. A sequence and a story are one
    /// piece of work, and their ceiling is the model's.
    pub fn splits(&self) -> bool {
        splits(self.mode)
    }
}

pub(super) fn splits(mode: Mode) -> bool {
    matches!(mode, Mode::TextToImage | Mode::Edit)
}

impl Model {
    /// The requests this one is sent as, in order: more pictures than one request makes are split over several, the
    /// bigger parts first. Never empty; one in most cases, and always one for a request that [`Model::check`] refuses for
    /// its `n`.
    ///
    /// With a seed, each later part's is raised by the pictures before it, from the largest seed on to 0, so that no two
    /// parts are the same: what wan2.5-i2i does for the pictures of one request (contract 3.2).
    pub fn parts(&self, request: &Request) -> Vec<Request> {
        let part = |(before, n): (u32, u32)| Request {
            n,
            seed: request.seed.map(|seed| later_seed(seed, before)),
            ..request.clone()
        };
        let counts = self.counts(request);
        let before = counts.iter().scan(0, |sum, n| Some(std::mem::replace(sum, *sum + n)));
        match counts.len() {
            1 => vec![request.clone()],
            _ => before.zip(counts.iter().copied()).map(part).collect(),
        }
    }

    /// How many pictures each part makes.
    fn counts(&self, request: &Request) -> Vec<u32> {
        let most = self.mode(request.mode).filter(|spec| spec.splits()).map(|spec| spec.per_request);
        match most {
            Some(most) if (1..=PICTURES_MAX).contains(&request.n) && request.n > most => {
                let rest = Some(request.n % most).filter(|rest| *rest > 0);
                std::iter::repeat_n(most, (request.n / most) as usize).chain(rest).collect()
            }
            _ => vec![request.n],
        }
    }

    /// Said of a request that is sent as several.
    pub(super) fn split_note(&self, request: &Request) -> Option<Note> {
        let counts = self.counts(request);
        let (last, others) = counts.split_last()?;
        let first = others.first()?;
        let sizes = if *last != *first {
            let others = others.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            format!("of {others} and {last} pictures")
        } else if *first == 1 {
            "of one picture each".to_owned()
        } else {
            format!("of {first} pictures each")
        };
        let seeds = request.seed.map(|seed| format!(", with seeds from {seed} up")).unwrap_or_default();
        Some(Note { field: "n".into(), message: format!("Sent as {} requests {sizes}{seeds}.", counts.len()) })
    }
}

fn later_seed(seed: u32, by: u32) -> u32 {
    let all = u64::from(SEED_MAX) + 1;
    u32::try_from((u64::from(seed) + u64::from(by)) % all).unwrap_or(seed)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::Catalog;
    use super::*;
    use crate::domain::Region;

    fn model(id: &str) -> Model {
        Catalog::builtin().get(id).unwrap().clone()
    }

    fn ask(id: &str, mode: Mode, n: u32, seed: Option<u32>) -> Request {
        Request { prompt: "a red fox".into(), n, seed, ..model(id).blank(mode) }
    }

    fn split(id: &str, mode: Mode, n: u32, seed: Option<u32>) -> Vec<(u32, Option<u32>)> {
        model(id).parts(&ask(id, mode, n, seed)).into_iter().map(|part| (part.n, part.seed)).collect()
    }

    fn note(id: &str, n: u32, seed: Option<u32>) -> Option<String> {
        model(id).split_note(&ask(id, Mode::TextToImage, n, seed)).map(|note| note.message)
    }

    #[test]
    fn bigger_parts_come_first_and_add_up() {
        use Mode::{Edit, TextToImage};
        assert_eq!(split("wan2.7-image", TextToImage, 10, None), [(4, None), (4, None), (2, None)]);
        assert_eq!(split("wan2.6-t2i", TextToImage, 4, Some(7)), [(4, Some(7))]);
        assert_eq!(split("qwen-image-2.0", Edit, 7, None), [(6, None), (1, None)]);
        assert_eq!(split("qwen-image-edit-plus", Edit, 12, None).len(), 2);
        for id in ["qwen-image-plus", "qwen-image-max", "qwen-image", "z-image-turbo"] {
            assert_eq!(split(id, TextToImage, 3, None), [(1, None); 3], "{id}");
        }
        assert_eq!(split("qwen-image-edit", Edit, 24, None).len(), 24);
    }

    #[test]
    fn later_parts_get_seeds_of_their_own() {
        let seeds = |n, seed| {
            split("wan2.6-t2i", Mode::TextToImage, n, Some(seed))
                .into_iter()
                .map(|(_, seed)| seed.unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(seeds(10, 7), [7, 11, 15]);
        assert_eq!(seeds(9, SEED_MAX), [SEED_MAX, 3, 7], "after the largest comes 0");
    }

    #[test]
    fn what_a_job_may_ask_for_is_our_own_rule_and_says_so() {
        let source = |mode| model("wan2.7-image").mode(mode).unwrap().parameter("n").unwrap().source.clone();
        assert_eq!(source(Mode::TextToImage), "pinxit: at most 24 pictures a job");
        assert_eq!(source(Mode::Sequential), "spec; contract 3.3.8", "here the ceiling is the model's");
    }

    #[test]
    fn sequences_stories_and_impossible_requests_stay_whole() {
        assert_eq!(split("wan2.7-image", Mode::Sequential, 12, None), [(12, None)]);
        assert_eq!(split("wan2.7-image", Mode::Sequential, 13, None), [(13, None)]);
        assert_eq!(split("wan2.6-image", Mode::Interleave, 2, None), [(2, None)]);
        assert_eq!(split("wan2.6-t2i", Mode::Edit, 9, None), [(9, None)], "a mode it lacks");
        for n in [0, 25, u32::MAX] {
            assert_eq!(split("qwen-image", Mode::TextToImage, n, None), [(n, None)]);
        }
    }

    #[test]
    fn the_price_is_that_of_all_parts_and_the_note_says_how_many() {
        let request = ask("qwen-image-plus", Mode::TextToImage, 3, None);
        let model = model("qwen-image-plus");
        assert_eq!(model.check(&request), []);
        assert_eq!(model.cost(&request, Region::Singapore).total().unwrap().to_string(), "$0.090");
        assert_eq!(note("qwen-image-plus", 3, None).unwrap(), "Sent as 3 requests of one picture each.");
        assert_eq!(note("wan2.6-t2i", 10, None).unwrap(), "Sent as 3 requests of 4, 4 and 2 pictures.");
        assert_eq!(
            note("wan2.6-t2i", 8, Some(7)).unwrap(),
            "Sent as 2 requests of 4 pictures each, with seeds from 7 up."
        );
        assert_eq!(note("wan2.6-t2i", 4, Some(7)), None);
    }
}
