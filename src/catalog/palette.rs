//! A colour palette: the API's list of colours and shares (contract 3.3.6), and the short form people type,
//! `#C2D1E6=23.51,#CDD8E9=20.13`. Shares are counted in hundredths of a percent: the official example sums to
//! 100.00000000000001 in binary floating point.

use serde_json::{Value, json};

use crate::domain::text;

use super::Violation;
use super::violation::Breach;

const FIELD: &str = "color_palette";
const SOURCE: &str = "contract 3.3.6";
const SHORT: &str = "#C2D1E6=23.51,#CDD8E9=20.13,... with shares that sum to 100";

/// All of it, in hundredths of a percent.
const WHOLE: u32 = 10_000;

/// The API's list from the short form. Colours without a share divide what the others leave, so that the sum is exactly
/// 100.00; `,`, `;` and line breaks part them, `#` and `%` may be left out. The API's own JSON is taken too. `Null` for
/// blank text, which clears the parameter. How many colours there are and what they sum to is left to
/// [`check`](super::Model::check).
///
/// # Errors
/// A violation of `color_palette` that names the colour that does not read.
pub fn parse_palette(text: &str) -> Result<Value, Violation> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Value::Null);
    }
    if text.starts_with('[') {
        return serde_json::from_str(text).map_err(|error| unread(error.to_string()));
    }
    let pieces = text.split([',', ';', '\n']).map(str::trim).filter(|piece| !piece.is_empty());
    let read = |(piece, nth): (&str, usize)| entry(piece).map_err(|why| unread(format!("colour {nth}: {why}")));
    let entries = pieces.zip(1..).map(read).collect::<Result<Vec<_>, _>>()?;
    let given: u32 = entries.iter().filter_map(|(_, share)| *share).sum();
    let open = entries.iter().filter(|(_, share)| share.is_none()).count() as u32;
    let left = WHOLE.saturating_sub(given);
    if open > 0 && left < open {
        return Err(unread(format!(
            "the shares given sum to {}: nothing is left for the other colours",
            percent(given)
        )));
    }
    let mut equal = (0..open).map(|place| left / open + u32::from(place < left % open));
    let shared = entries.into_iter().map(|(hex, share)| (hex, share.or_else(|| equal.next()).unwrap_or_default()));
    Ok(list(shared))
}

/// A colour as typed, `#C2D1E6=23.51` or `#C2D1E6` alone: its hex and its share in hundredths of a percent.
///
/// # Errors
/// A violation of `color_palette` that says what does not read.
pub fn parse_colour(text: &str) -> Result<(String, Option<u32>), Violation> {
    entry(text.trim()).map_err(unread)
}

/// The colours of the API's list with their shares in hundredths of a percent. `None` when the value is not such a list.
pub fn read_palette(value: &Value) -> Option<Vec<(String, u32)>> {
    let owned = |(hex, share): (&str, u32)| (hex.to_owned(), share);
    Some(read(value).ok()?.into_iter().map(owned).collect())
}

/// The API's list of colours with their shares in hundredths of a percent.
pub fn write_palette(colours: &[(String, u32)]) -> Value {
    list(colours.iter().cloned())
}

/// Shares that sum to exactly 100.00 %: those that are `fixed` stay, the others keep their proportions; where they have
/// none, they are equal. `None` where the fixed ones leave nothing to divide, or nobody to take the rest.
pub fn balance(shares: &[u32], fixed: &[bool]) -> Option<Vec<u32>> {
    let is_open = |at: usize| !fixed.get(at).copied().unwrap_or(false);
    let kept: u32 = (0..shares.len()).filter(|at| !is_open(*at)).map(|at| shares[at]).sum();
    let open: Vec<usize> = (0..shares.len()).filter(|at| is_open(*at)).collect();
    let left = WHOLE.checked_sub(kept)?;
    if open.is_empty() {
        return (left == 0).then(|| shares.to_vec());
    }
    let sum: u64 = open.iter().map(|at| u64::from(shares[*at])).sum();
    let weight = |at: usize| if sum == 0 { 1 } else { u64::from(shares[at]) };
    let whole = if sum == 0 { open.len() as u64 } else { sum };
    let mut out = shares.to_vec();
    for at in &open {
        out[*at] = u32::try_from(u64::from(left) * weight(*at) / whole).unwrap_or(left);
    }
    // What rounding left over goes to those who lost most by it.
    let mut rest = left - open.iter().map(|at| out[*at]).sum::<u32>();
    let mut losers = open;
    losers.sort_by_key(|at| std::cmp::Reverse(u64::from(left) * weight(*at) % whole));
    for at in losers.into_iter().cycle() {
        if rest == 0 {
            break;
        }
        out[at] += 1;
        rest -= 1;
    }
    Some(out)
}

/// A colour and its share as typed.
fn entry(piece: &str) -> Result<(String, Option<u32>), String> {
    let (colour, share) = piece.split_once('=').map_or((piece, None), |(colour, share)| (colour.trim(), Some(share)));
    let hex = format!("#{}", colour.strip_prefix('#').unwrap_or(colour));
    if !is_hex(&hex) {
        return Err(format!("{:?} is not like #C2D1E6", text::clean(colour)));
    }
    let wrong = |share| format!("{:?} is not a share like 23.51", text::clean(share));
    let share = share.map(|share| typed_share(share).ok_or_else(|| wrong(share))).transpose()?;
    Ok((hex, share))
}

/// `23.51`, `23.5`, `23` or any of them with `%`, in hundredths.
fn typed_share(text: &str) -> Option<u32> {
    let text = text.trim();
    let text = text.strip_suffix('%').unwrap_or(text).trim_end();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str, most| text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = !whole.is_empty() && digits(whole, 3) && digits(part, 2);
    is_number.then(|| format!("{whole}{part:0<2}").parse().ok()).flatten()
}

fn unread(message: String) -> Violation {
    Breach::new("palette_form", message, SHORT).of(FIELD, SOURCE)
}

/// The short form of the API's list: `#C2D1E6=23.51,#CDD8E9=20.13`. `None` when the value is not such a list.
pub fn print_palette(value: &Value) -> Option<String> {
    let shown = |(hex, share): (&str, u32)| format!("{hex}={}.{:02}", share / 100, share % 100);
    Some(read(value).ok()?.into_iter().map(shown).collect::<Vec<_>>().join(","))
}

/// The first thing wrong with a list of `min` to `max` colours.
pub(super) fn breach(value: &Value, min: usize, max: usize) -> Option<Breach> {
    let colours = match read(value) {
        Ok(colours) => colours,
        Err(breach) => return Some(breach),
    };
    if !(min..=max).contains(&colours.len()) {
        let message = format!("the palette has {} colours", colours.len());
        return Some(Breach::new("palette_count", message, format!("{min} to {max} colours")));
    }
    let sum = colours.iter().map(|(_, share)| share).sum();
    let message = || format!("the ratios sum to {}, not {}", percent(sum), percent(WHOLE));
    (sum != WHOLE).then(|| Breach::new("palette_sum", message(), "ratios that sum to exactly 100.00%"))
}

/// The palette nearest to `value`: surplus colours dropped, shares brought to the whole in proportion.
pub(super) fn nearest(value: &Value, min: usize, max: usize) -> Option<Value> {
    let mut colours = read(value).ok()?;
    colours.truncate(max);
    let sum: u32 = colours.iter().map(|(_, share)| share).sum();
    if colours.len() < min || sum == 0 {
        return None;
    }
    let scaled = |share: u32| u32::try_from(u64::from(share) * u64::from(WHOLE) / u64::from(sum)).unwrap_or(WHOLE);
    colours.iter_mut().for_each(|(_, share)| *share = scaled(*share));
    let rest = WHOLE - colours.iter().map(|(_, share)| share).sum::<u32>();
    colours.iter_mut().max_by_key(|(_, share)| *share)?.1 += rest;
    Some(list(colours.into_iter().map(|(hex, share)| (hex.to_owned(), share))))
}

fn list(colours: impl Iterator<Item = (String, u32)>) -> Value {
    colours.map(|(hex, share)| json!({ "hex": hex, "ratio": percent(share) })).collect()
}

/// Hundredths as the API writes them: `23.51%`.
fn percent(hundredths: u32) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn is_hex(text: &str) -> bool {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
    digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The colours with their shares in hundredths, as far as each entry by itself can be judged.
fn read(value: &Value) -> Result<Vec<(&str, u32)>, Breach> {
    let wrong = |rule, message| Breach::new(rule, message, r##"each like {"hex": "#C2D1E6", "ratio": "23.51%"}"##);
    let entries = value.as_array().ok_or_else(|| wrong("type", format!("{FIELD} is {}", shown(value))))?;
    let named = |what: String, nth: usize| wrong("palette_entry", format!("colour {nth}: {what}"));
    entries.iter().zip(1..).map(|(entry, nth)| read_entry(entry).map_err(|what| named(what, nth))).collect()
}

fn read_entry(entry: &Value) -> Result<(&str, u32), String> {
    let (hex, ratio) = match (entry.get("hex"), entry.get("ratio"), entry.as_object().map_or(0, serde_json::Map::len)) {
        (Some(hex), Some(ratio), 2) => (hex, ratio),
        _ => return Err(format!("{} is not just hex and ratio", shown(entry))),
    };
    let colour = hex.as_str().filter(|hex| is_hex(hex));
    let colour = colour.ok_or_else(|| format!("hex {} is not like \"#C2D1E6\"", shown(hex)))?;
    let text = ratio.as_str().filter(|text| text.ends_with('%'));
    let share = text.and_then(typed_share);
    match share {
        Some(share) if Some(percent(share).as_str()) == text => Ok((colour, share)),
        Some(_) if text.is_some_and(|text| text.bytes().rev().nth(3) != Some(b'.')) => {
            Err(format!("ratio {} needs two decimals", shown(ratio)))
        }
        _ => Err(format!("ratio {} is not text like \"23.51%\"", shown(ratio))),
    }
}

fn shown(value: &Value) -> String {
    text::clean(&value.to_string()).chars().take(40).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(value: Value) -> (&'static str, String) {
        breach(&value, 3, 10).map(|breach| (breach.rule, breach.message)).unwrap()
    }

    fn ratios(ratios: &[&str]) -> Value {
        ratios.iter().map(|ratio| json!({"hex": "#C2D1E6", "ratio": ratio})).collect()
    }

    #[test]
    fn the_official_example_sums_to_a_hundred() {
        let eight = ["23.51%", "20.13%", "15.23%", "12.84%", "9.56%", "8.10%", "6.33%", "4.30%"];
        assert_eq!(breach(&ratios(&eight), 3, 10), None);
    }

    #[test]
    fn what_is_wrong_names_the_colour() {
        let half = ["50.00%", "25.00%"];
        let third = |ratio| ratios(&[half[0], half[1], ratio]);
        let hex = |hex: Value| json!([{"hex": hex, "ratio": "100.00%"}]);
        for (value, rule, says) in [
            (third("23.5%"), "palette_entry", "colour 3: ratio \"23.5%\" needs two decimals"),
            (third("25%"), "palette_entry", "colour 3: ratio \"25%\" needs two decimals"),
            (third("25.000%"), "palette_entry", "colour 3: ratio \"25.000%\" is not text like \"23.51%\""),
            (third("025.00%"), "palette_entry", "colour 3: ratio \"025.00%\" is not text like \"23.51%\""),
            (third("25.00"), "palette_entry", "colour 3: ratio \"25.00\" is not text like \"23.51%\""),
            (third("a lot"), "palette_entry", "colour 3: ratio \"a lot\" is not text like \"23.51%\""),
            (third("24.99%"), "palette_sum", "the ratios sum to 99.99%, not 100.00%"),
            (third("25.01%"), "palette_sum", "the ratios sum to 100.01%, not 100.00%"),
            (ratios(&["50.00%"; 2]), "palette_count", "the palette has 2 colours"),
            (ratios(&["10.00%"; 11]), "palette_count", "the palette has 11 colours"),
            (hex(json!("red")), "palette_entry", "colour 1: hex \"red\" is not like \"#C2D1E6\""),
            (hex(json!("#C2D1EG")), "palette_entry", "colour 1: hex \"#C2D1EG\" is not like \"#C2D1E6\""),
            (hex(json!(7)), "palette_entry", "colour 1: hex 7 is not like \"#C2D1E6\""),
            (
                json!([{"hex": "#C2D1E6", "ratio": 23.51}]),
                "palette_entry",
                "colour 1: ratio 23.51 is not text like \"23.51%\"",
            ),
            (json!(["#C2D1E6"]), "palette_entry", "colour 1: \"#C2D1E6\" is not just hex and ratio"),
            (json!("blue"), "type", "color_palette is \"blue\""),
        ] {
            assert_eq!(told(value), (rule, says.to_owned()));
        }
    }

    #[test]
    fn colours_without_a_share_divide_the_rest() {
        let short = |text: &str| print_palette(&parse_palette(text).unwrap()).unwrap();
        assert_eq!(short("#C2D1E6=23.51, CDD8E9 = 20.1% ;#000000=56.39"), "#C2D1E6=23.51,#CDD8E9=20.10,#000000=56.39");
        assert_eq!(short("#C2D1E6,#CDD8E9,#000000"), "#C2D1E6=33.34,#CDD8E9=33.33,#000000=33.33");
        assert_eq!(short("#C2D1E6=50\n#CDD8E9\n#000000"), "#C2D1E6=50.00,#CDD8E9=25.00,#000000=25.00");
        assert_eq!(parse_palette(" "), Ok(Value::Null));
        let json = r##"[{"hex": "#C2D1E6", "ratio": "23.51%"}]"##;
        assert_eq!(parse_palette(json), Ok(json!([{"hex": "#C2D1E6", "ratio": "23.51%"}])));
        for (text, says) in [
            ("#C2D1E6,blue", "colour 2: \"blue\" is not like #C2D1E6"),
            ("#C2D1E6=23.515", "colour 1: \"23.515\" is not a share like 23.51"),
            ("#C2D1E6=-1", "colour 1: \"-1\" is not a share like 23.51"),
            ("#C2D1E6=", "colour 1: \"\" is not a share like 23.51"),
            ("#C2D1E6=100,#000000", "the shares given sum to 100.00%: nothing is left for the other colours"),
        ] {
            assert_eq!(parse_palette(text).unwrap_err().message, says);
        }
    }

    #[test]
    fn the_rest_is_divided_to_the_last_hundredth() {
        assert_eq!(balance(&[5000, 1000, 1000], &[true, false, false]), Some(vec![5000, 2500, 2500]));
        assert_eq!(balance(&[0, 0, 0], &[false; 3]), Some(vec![3334, 3333, 3333]));
        assert_eq!(balance(&[1, 1, 1], &[false; 3]), Some(vec![3334, 3333, 3333]));
        assert_eq!(balance(&[6000, 5000, 1], &[true, true, false]), None, "nothing is left");
        assert_eq!(balance(&[6000, 4000], &[true, true]), Some(vec![6000, 4000]));
        assert_eq!(balance(&[6000, 3000], &[true, true]), None, "nobody takes the rest");
        assert_eq!(parse_colour(" C2D1E6 = 5 "), Ok(("#C2D1E6".into(), Some(500))));
        assert_eq!(parse_colour("#C2D1E6"), Ok(("#C2D1E6".into(), None)));
        assert!(parse_colour("mauve").unwrap_err().message.contains("mauve"));
    }

    proptest! {
        #[test]
        fn a_balanced_palette_is_the_whole_and_fixed_shares_stay(
            colours in proptest::collection::vec((0u32..=WHOLE, any::<bool>()), 1..=10)
        ) {
            let (shares, fixed): (Vec<u32>, Vec<bool>) = colours.into_iter().unzip();
            if let Some(balanced) = balance(&shares, &fixed) {
                prop_assert_eq!(balanced.iter().sum::<u32>(), WHOLE);
                prop_assert!((0..shares.len()).all(|at| !fixed[at] || balanced[at] == shares[at]));
            }
        }

        #[test]
        fn what_is_printed_reads_back(shares in proptest::collection::vec((0u32..=0xFF_FFFF, 0u32..=WHOLE), 3..=10)) {
            let value = list(shares.into_iter().map(|(colour, share)| (format!("#{colour:06X}"), share)));
            prop_assert_eq!(parse_palette(&print_palette(&value).unwrap()), Ok(value));
        }

        #[test]
        fn equal_shares_and_mended_ones_are_the_whole(
            colours in 3usize..=10, odd in proptest::collection::vec(1u32..99_999, 3..=12)
        ) {
            let equal = parse_palette(&vec!["C2D1E6"; colours].join(",")).unwrap();
            prop_assert_eq!(breach(&equal, 3, 10), None);
            let odd = list(odd.into_iter().map(|share| ("#C2D1E6".to_owned(), share)));
            prop_assert_eq!(breach(&nearest(&odd, 3, 10).unwrap(), 3, 10), None);
        }
    }
}
