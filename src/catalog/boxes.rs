//! Boxes that mark what to edit in the input pictures: the API's nested list (contract 3.3.5), and the short form people
//! type, `2:989,515,1138,681` for a box on picture 2. Drawing them is done elsewhere.

use serde_json::{Value, json};

use crate::domain::text;

use super::Violation;
use super::violation::Breach;

/// A box: left, top, right, bottom, in pixels of its picture from the top left corner.
pub type Corners = [u32; 4];

const FIELD: &str = "bbox_list";
const SOURCE: &str = "contract 3.3.5";
const SHORT: &str = "picture:x1,y1,x2,y2, as in 2:989,515,1138,681";

/// What `check` says of a list that does not have one entry for each picture.
pub(super) const LENGTH: &str = "boxes_length";

/// The API's list from the short form, for as many input pictures as there are; several boxes are parted by `;`, and a
/// single picture needs no number. The API's own JSON is taken too. `Null` for blank text, which clears the parameter.
/// How many boxes there are and which way round is left to [`check`](super::Model::check).
///
/// # Errors
/// A violation of `bbox_list` that names the box that does not read.
pub fn parse_boxes(text: &str, pictures: usize) -> Result<Value, Violation> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Value::Null);
    }
    if text.starts_with('[') {
        return serde_json::from_str(text).map_err(|error| unread(text, &error.to_string()));
    }
    let mut list = vec![Vec::new(); pictures];
    for piece in text.split(';').map(str::trim).filter(|piece| !piece.is_empty()) {
        let (nth, corners) = match piece.split_once(':') {
            Some((nth, corners)) => (nth.trim().parse().map_err(|_| unread(piece, "no picture number"))?, corners),
            None if pictures == 1 => (1, piece),
            None => return Err(unread(piece, "say which picture it is on")),
        };
        let corners: Vec<u32> = corners.split(',').map_while(|side| side.trim().parse().ok()).collect();
        let is_whole = corners.len() == 4 && piece.matches(',').count() == 3;
        let corners = Corners::try_from(corners).ok().filter(|_| is_whole);
        let corners = corners.ok_or_else(|| unread(piece, "not four whole numbers"))?;
        let place = usize::checked_sub(nth, 1).and_then(|place| list.get_mut(place));
        place.ok_or_else(|| unread(piece, &format!("there is no picture {nth}")))?.push(corners);
    }
    Ok(json!(list))
}

fn unread(piece: &str, why: &str) -> Violation {
    let message = format!("box {:?}: {why}", text::clean(piece));
    Breach::new("boxes_form", message, SHORT).of(FIELD, SOURCE)
}

/// The short form of the API's list: `1:0,0,40,40; 2:989,515,1138,681`, empty when there is no box. `None` when the value
/// is not such a list.
pub fn print_boxes(value: &Value) -> Option<String> {
    let list = read(value, usize::MAX).ok()?;
    let numbered = list.iter().zip(1..).flat_map(|(boxes, nth)| boxes.iter().map(move |corners| (nth, corners)));
    let shown = numbered.map(|(nth, [x1, y1, x2, y2])| format!("{nth}:{x1},{y1},{x2},{y2}"));
    Some(shown.collect::<Vec<_>>().join("; "))
}

/// The boxes of each picture. `None` when the value is not the API's list, or one of its boxes has no area.
pub fn read_boxes(value: &Value) -> Option<Vec<Vec<Corners>>> {
    read(value, usize::MAX).ok()
}

/// The API's list; `Null`, which clears the parameter, when no picture has a box.
pub fn write_boxes(lists: &[Vec<Corners>]) -> Value {
    if lists.iter().all(Vec::is_empty) { Value::Null } else { json!(lists) }
}

/// The first box that reaches out of its picture. Pictures whose width and height are not known are passed over.
pub fn boxes_inside(value: &Value, pictures: &[Option<(u32, u32)>]) -> Option<Violation> {
    let list = read(value, usize::MAX).ok()?;
    let known = list.iter().zip(pictures).zip(1..).filter_map(|((boxes, size), nth)| Some((boxes, (*size)?, nth)));
    for (boxes, (width, height), nth) in known {
        for ([_, _, right, bottom], place) in boxes.iter().zip(1..) {
            let message = match (right, bottom) {
                (right, _) if *right > width => format!("x2 is {right}, and the picture is {width} wide"),
                (_, bottom) if *bottom > height => format!("y2 is {bottom}, and the picture is {height} high"),
                _ => continue,
            };
            let legal = format!("within 0,0,{width},{height}");
            let breach = Breach::new("boxes_outside", format!("picture {nth}, box {place}: {message}"), legal);
            return Some(breach.of(FIELD, SOURCE));
        }
    }
    None
}

/// The list for a picture (`index` from 0) that is sent scaled `from` one width and height `to` another: its boxes cover
/// the same things. Each side is at least a pixel long.
pub fn scale_boxes(value: &Value, index: usize, from: (u32, u32), to: (u32, u32)) -> Value {
    let Ok(mut list) = read(value, usize::MAX) else { return value.clone() };
    let scaled = |side: u32, from: u32, to: u32| {
        let (from, to) = (u64::from(from.max(1)), u64::from(to));
        u32::try_from((u64::from(side) * to * 2 + from) / (from * 2)).unwrap_or(u32::MAX)
    };
    for corners in list.get_mut(index).into_iter().flatten() {
        for (low, high, from, to) in [(0, 2, from.0, to.0), (1, 3, from.1, to.1)] {
            let last = scaled(corners[high], from, to).max(1);
            (corners[low], corners[high]) = (scaled(corners[low], from, to).min(last - 1), last);
        }
    }
    json!(list)
}

/// What is wrong with a list, whatever the pictures are.
pub(super) fn breach(value: &Value, max: usize) -> Option<Breach> {
    read(value, max).err()
}

/// What is wrong with a good list for this many pictures.
pub(super) fn misfit(value: &Value, pictures: usize) -> Option<Breach> {
    let lists = value.as_array()?.len();
    let legal = "one list for each picture, [] for a picture without boxes";
    (lists != pictures).then(|| Breach::new(LENGTH, format!("{lists} lists of boxes for {pictures} pictures"), legal))
}

/// The list nearest to `value` that fits: corners put in order, surplus boxes and lists dropped, missing lists added.
pub(super) fn nearest(value: &Value, max: usize, pictures: usize) -> Option<Value> {
    let corners = |value: &Value| {
        let [x1, y1, x2, y2] = corners(value)?;
        (x1 != x2 && y1 != y2).then(|| [x1.min(x2), y1.min(y2), x1.max(x2), y1.max(y2)])
    };
    let boxes = |value: &Value| Some(value.as_array()?.iter().filter_map(corners).take(max).collect::<Vec<_>>());
    let mut list: Vec<_> = value.as_array()?.iter().map(|boxes_of| boxes(boxes_of).unwrap_or_default()).collect();
    list.resize(pictures, vec![]);
    Some(json!(list)).filter(|_| list.iter().any(|boxes| !boxes.is_empty()))
}

fn corners(value: &Value) -> Option<Corners> {
    let sides: Option<Vec<u32>> = value.as_array()?.iter().map(|side| side.as_u64()?.try_into().ok()).collect();
    sides?.try_into().ok()
}

fn read(value: &Value, max: usize) -> Result<Vec<Vec<Corners>>, Breach> {
    let shown = |value: &Value| text::clean(&value.to_string()).chars().take(40).collect::<String>();
    let wrong = |message| Breach::new("type", message, "for each picture a list of boxes [x1, y1, x2, y2]");
    let outer = value.as_array().ok_or_else(|| wrong(format!("{FIELD} is {}", shown(value))))?;
    let mut out = Vec::with_capacity(outer.len());
    for (boxes, nth) in outer.iter().zip(1..) {
        let boxes = boxes.as_array();
        let boxes = boxes.ok_or_else(|| wrong(format!("picture {nth}: {} is not a list", shown(&outer[nth - 1]))))?;
        if boxes.len() > max {
            let legal = format!("at most {max} boxes a picture");
            return Err(Breach::new("boxes_many", format!("picture {nth} has {} boxes", boxes.len()), legal));
        }
        let mut read = Vec::with_capacity(boxes.len());
        for (value, place) in boxes.iter().zip(1..) {
            let tell = |what: String| format!("picture {nth}, box {place}: {what}");
            let found = corners(value);
            let corners = found.ok_or_else(|| wrong(tell(format!("{} is not four whole numbers", shown(value)))))?;
            let [x1, y1, x2, y2] = corners;
            if x1 >= x2 || y1 >= y2 {
                let what = format!("from {x1},{y1} to {x2},{y2} is no area");
                return Err(Breach::new("boxes_inverted", tell(what), "x1 below x2 and y1 below y2"));
            }
            read.push(corners);
        }
        out.push(read);
    }
    Ok(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spec_example() -> Value {
        json!([[], [[989, 515, 1138, 681]]])
    }

    #[test]
    fn the_short_form_reads_as_the_specifications_list() {
        assert_eq!(parse_boxes("2:989,515,1138,681", 2), Ok(spec_example()));
        assert_eq!(print_boxes(&spec_example()).unwrap(), "2:989,515,1138,681");
        assert_eq!(
            parse_boxes(" 1: 1, 2 ,3,4 ;2:5,6,7,8;1:9,9,10,10", 2),
            Ok(json!([[[1, 2, 3, 4], [9, 9, 10, 10]], [[5, 6, 7, 8]]]))
        );
        assert_eq!(parse_boxes("1,2,3,4", 1), Ok(json!([[[1, 2, 3, 4]]])));
        assert_eq!(parse_boxes("[[],[[989,515,1138,681]]]", 2), Ok(spec_example()));
        assert_eq!(parse_boxes("  ", 2), Ok(Value::Null));
    }

    #[test]
    fn what_does_not_read_is_named() {
        for (text, pictures, says) in [
            ("1:1,2,3,4; 3:1,2,3,4", 2, "box \"3:1,2,3,4\": there is no picture 3"),
            ("0:1,2,3,4", 2, "box \"0:1,2,3,4\": there is no picture 0"),
            ("1:1,2,3,4", 0, "box \"1:1,2,3,4\": there is no picture 1"),
            ("1,2,3,4", 2, "box \"1,2,3,4\": say which picture it is on"),
            ("a:1,2,3,4", 2, "box \"a:1,2,3,4\": no picture number"),
            ("1:1,2,3", 2, "box \"1:1,2,3\": not four whole numbers"),
            ("1:1,2,3,4,5", 2, "box \"1:1,2,3,4,5\": not four whole numbers"),
            ("1:1,2,3,4,x", 2, "box \"1:1,2,3,4,x\": not four whole numbers"),
            ("1:1,2,-3,4", 2, "box \"1:1,2,-3,4\": not four whole numbers"),
            ("1:1,2,3.5,4", 2, "box \"1:1,2,3.5,4\": not four whole numbers"),
        ] {
            let violation = parse_boxes(text, pictures).unwrap_err();
            assert_eq!((violation.field.as_str(), violation.message.as_str()), ("bbox_list", says));
        }
        assert!(parse_boxes("[[1", 1).is_err());
    }

    #[test]
    fn a_box_beyond_its_picture_is_named() {
        let sizes = [None, Some((1138, 681))];
        assert_eq!(boxes_inside(&spec_example(), &sizes), None, "up to the edge");
        assert_eq!(boxes_inside(&spec_example(), &[]), None, "sizes not known");
        let narrow = boxes_inside(&spec_example(), &[None, Some((1137, 681))]).unwrap();
        assert_eq!(narrow.message, "picture 2, box 1: x2 is 1138, and the picture is 1137 wide");
        assert_eq!(narrow.legal, "within 0,0,1137,681");
        let flat = boxes_inside(&spec_example(), &[None, Some((1138, 680))]).unwrap();
        assert_eq!(flat.message, "picture 2, box 1: y2 is 681, and the picture is 680 high");
    }

    #[test]
    fn boxes_shrink_with_their_picture() {
        let list = json!([[[0, 0, 9000, 4000]], [[1, 1, 2, 2]]]);
        let halved = scale_boxes(&list, 0, (9000, 4000), (4500, 2000));
        assert_eq!(halved, json!([[[0, 0, 4500, 2000]], [[1, 1, 2, 2]]]));
        assert_eq!(
            scale_boxes(&json!([[[8999, 3999, 9000, 4000]]]), 0, (9000, 4000), (90, 40)),
            json!([[[89, 39, 90, 40]]])
        );
        assert_eq!(scale_boxes(&list, 7, (2, 2), (1, 1)), list);
    }

    #[test]
    fn a_bad_list_is_mended_where_boxes_are_left() {
        let mended = nearest(&json!([[[9, 9, 1, 1], [1, 1, 2, 2], [3, 3, 4, 4]]]), 2, 2).unwrap();
        assert_eq!(mended, json!([[[1, 1, 9, 9], [1, 1, 2, 2]], []]));
        assert_eq!(nearest(&json!([[[5, 5, 5, 9]]]), 2, 1), None);
        assert_eq!(nearest(&json!("x"), 2, 1), None);
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(list in lists()) {
            let value = json!(list);
            let again = parse_boxes(&print_boxes(&value).unwrap(), list.len()).unwrap();
            let is_empty = list.iter().all(Vec::is_empty);
            prop_assert_eq!(again, if is_empty { Value::Null } else { value });
        }

        #[test]
        fn scaled_boxes_stay_legal_and_inside(list in lists(), to in (1u32..9000, 1u32..9000)) {
            let scaled = scale_boxes(&json!(list), 0, (8192, 8192), to);
            prop_assert_eq!(breach(&scaled, 2), None);
            prop_assert_eq!(boxes_inside(&scaled, &[Some(to)]), None);
        }
    }

    fn lists() -> impl Strategy<Value = Vec<Vec<Corners>>> {
        let side = || (0u32..8192).prop_flat_map(|low| (Just(low), low + 1..=8192));
        let corners = (side(), side()).prop_map(|((x1, x2), (y1, y2))| [x1, y1, x2, y2]);
        proptest::collection::vec(proptest::collection::vec(corners, 0..=2), 1..=9)
    }
}
