//! Names near to one that nobody knows.

/// Likeness below which a name is another name, not a slip.
const LIKE: f64 = 0.8;

/// At most `most` of `names` that may be meant by `wrong`, the nearest first.
pub(super) fn nearest<'a>(wrong: &str, names: impl Iterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let plain = |name: &str| name.to_lowercase().replace(['-', ' '], "_");
    let wrong = plain(wrong);
    let mut near: Vec<_> = names.map(|name| (strsim::jaro_winkler(&wrong, &plain(name)), name)).collect();
    near.retain(|(likeness, _)| *likeness > LIKE);
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    near.into_iter().take(most).map(|(_, name)| name).collect()
}

/// ` Did you mean one or two?`, or nothing when no name is near; to be put behind a sentence.
pub(super) fn question(near: &[&str]) -> String {
    match near {
        [] => String::new(),
        near => format!(" Did you mean {}?", near.join(" or ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_seen_through_and_strangers_are_not() {
        let names = ["negative_prompt", "seed", "size", "colours"];
        let near = |wrong| nearest(wrong, names.into_iter(), 2);
        assert_eq!((near("sede"), near("Negative-Prompt")), (vec!["seed"], vec!["negative_prompt"]));
        assert_eq!(near("zzz"), Vec::<&str>::new());
        assert_eq!(question(&near("sede")), " Did you mean seed?");
    }
}
