//! What was changed between two requests, in lines: needed to draw it and to scroll it.

use super::rewrite::{Tone, marked_lines};
use crate::domain::Request;
use crate::domain::change::{Change, How, changes};
use crate::domain::diff::Stretch;
use crate::domain::text::clean;

/// Letters of what is the same that are told around a change.
const AROUND: usize = 18;

/// What stands between words, and is no news by itself.
const BETWEEN: [char; 8] = [' ', '\n', ',', '.', '，', '。', '、', '；'];

/// A line of stretches, each with its tone.
pub type Toned = Vec<(String, Tone)>;

/// What was changed to make `after` of `before`, in lines of at most `room` cells: a title for each part, its words or
/// values below it or behind it. Words that are the same are told as far as they are needed to find the place.
pub fn change_lines(before: &Request, after: &Request, room: u16) -> Vec<Toned> {
    let mut lines = Vec::new();
    for change in changes(before, after) {
        let same = |text: String| (text, Tone::Same);
        match &change.how {
            How::Words(stretches) => {
                lines.push(vec![same(format!("{}: {}", change.name, counted(&change)))]);
                let marked = marked_lines(&excerpt(stretches), room.saturating_sub(2));
                lines.extend(marked.into_iter().map(|line| {
                    let mut line = line;
                    line.insert(0, same("  ".to_owned()));
                    line
                }));
            }
            How::Value(before, after) => {
                let told =
                    |value: &Option<String>| value.as_deref().map(clean).map_or("-".into(), |text| text.into_owned());
                let (before, after) = (told(before), told(after));
                let one = format!("{}  {before} -> {after}", clean(&change.name));
                for line in super::wrap::wrap(&one, usize::from(room)) {
                    lines.push(vec![same(line)]);
                }
            }
        }
    }
    lines
}

/// What was changed, in a line: `2 words, seed, size`; `nothing` where it was sent again as it was.
pub fn change_words(before: &Request, after: &Request) -> String {
    let told = |change: &Change| match change.how {
        How::Words(_) if change.name == "prompt" => counted(change),
        _ => clean(&change.name).into_owned(),
    };
    let told: Vec<String> = changes(before, after).iter().map(told).collect();
    if told.is_empty() { "nothing changed".to_owned() } else { format!("{} changed", told.join(", ")) }
}

/// What is new, as short as it can be told beside many others: the words that came, or went, else the names of what was set.
pub fn change_brief(before: &Request, after: &Request) -> String {
    let changes = changes(before, after);
    let stretches = changes.iter().find_map(|change| match &change.how {
        How::Words(stretches) if change.name == "prompt" => Some(stretches.as_slice()),
        _ => None,
    });
    let words = |sign: &str, of: &dyn Fn(&Stretch) -> Option<String>| {
        let found: Vec<String> = stretches.unwrap_or_default().iter().filter_map(of).collect();
        let told: Vec<String> = found.iter().map(|text| clean(text).trim_matches(BETWEEN).to_owned()).collect();
        let told: Vec<String> = told.into_iter().filter(|text| !text.is_empty()).collect();
        (!told.is_empty()).then(|| format!("{sign}{}", told.join(&format!(" {sign}"))))
    };
    let came = words("+", &|stretch| match stretch {
        Stretch::Added(text) => Some(text.clone()),
        _ => None,
    });
    let went = || {
        words("-", &|stretch| match stretch {
            Stretch::Removed(text) => Some(text.clone()),
            _ => None,
        })
    };
    let names = || {
        let names: Vec<String> = changes.iter().map(|change| clean(&change.name).into_owned()).collect();
        if names.is_empty() { "once more".to_owned() } else { format!("other {}", names.join(", ")) }
    };
    came.or_else(went).unwrap_or_else(names)
}

fn counted(change: &Change) -> String {
    match change.words() {
        1 => "1 word".to_owned(),
        many => format!("{many} words"),
    }
}

/// The stretches, those that are the same cut to what is around a change.
fn excerpt(stretches: &[Stretch]) -> Vec<Stretch> {
    let last = stretches.len().saturating_sub(1);
    let cut = |(at, stretch): (usize, &Stretch)| match stretch {
        Stretch::Same(text) => Stretch::Same(around(&clean(text), at > 0, at < last)),
        Stretch::Removed(text) => Stretch::Removed(clean(text).into_owned()),
        Stretch::Added(text) => Stretch::Added(clean(text).into_owned()),
    };
    stretches.iter().enumerate().map(cut).collect()
}

/// The beginning of a text, where something is before it, and its end, where something is behind it.
fn around(text: &str, before: bool, after: bool) -> String {
    use unicode_segmentation::UnicodeSegmentation;
    let letters: Vec<&str> = text.graphemes(true).collect();
    let (head, tail) = (if before { AROUND } else { 0 }, if after { AROUND } else { 0 });
    if letters.len() <= head + tail + 4 {
        return text.to_owned();
    }
    // Words are not cut in two, where there are words.
    let begin = letters[..head].iter().rposition(|letter| *letter == " ").filter(|at| *at > 0).unwrap_or(head);
    let end = letters.len() - tail;
    let end = letters[end..].iter().position(|letter| *letter == " ").map_or(end, |at| end + at);
    format!("{}...{}", letters[..begin].concat(), letters[end..].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Mode;

    fn request(prompt: &str) -> Request {
        Request { prompt: prompt.into(), ..Request::new("wan2.7-image".into(), Mode::TextToImage) }
    }

    fn told(before: &Request, after: &Request, room: u16) -> Vec<String> {
        let line = |line: Toned| line.into_iter().map(|(text, _)| text).collect();
        change_lines(before, after, room).into_iter().map(line).collect()
    }

    #[test]
    fn only_the_words_that_changed_are_told_and_what_is_around_them() {
        let long = "A cozy flower shop with a delicate wooden door, morning sunlight through mist, roses in zinc buckets, shot on 85mm";
        let lines = told(&request(long), &request(&long.replace("roses", "tulips")), 80);
        assert_eq!(lines, ["prompt: 1 word", "  ... through mist, [-roses-]{+tulips+} in zinc buckets,..."]);
        let lines = told(&request("雪中红狐"), &request("雪中白狐"), 40);
        assert_eq!(lines, ["prompt: 1 word", "  雪中[-红-]{+白+}狐"]);
    }

    #[test]
    fn settings_are_told_by_name_before_and_after() {
        let mut after = request("a fox");
        (after.seed, after.model) = (Some(9), "wan2.7-image-pro".into());
        assert_eq!(told(&request("a fox"), &after, 60), ["model  wan2.7-image -> wan2.7-image-pro", "seed  - -> 9"]);
        assert_eq!(change_words(&request("a fox"), &after), "model, seed changed");
        assert_eq!(change_words(&request("a fox"), &request("a red fox")), "1 word changed");
        assert_eq!(change_words(&after, &after), "nothing changed");
    }

    #[test]
    fn beside_others_what_is_new_is_told_in_a_few_words() {
        let told = |before: &str, after: &str| change_brief(&request(before), &request(after));
        assert_eq!(told("a red fox in snow", "a silver fox in snow, at dusk"), "+silver +at dusk");
        assert_eq!(told("a red fox, in snow", "a red fox"), "-in snow");
        assert_eq!(told("雪中红狐", "雪中白狐，远处有灯笼。"), "+白 +远处有灯笼");
        let mut seed = request("a fox");
        seed.seed = Some(9);
        assert_eq!(change_brief(&request("a fox"), &seed), "other seed");
        assert_eq!(change_brief(&seed, &seed), "once more");
    }
}
