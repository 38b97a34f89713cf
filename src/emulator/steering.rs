//! The wan2.7 parameters that steer a picture: regions and palettes (contract 3.3.5, 3.3.6).
//! Not here: every other parameter (`check`).

use serde_json::Value;

use super::refusal::Refusal;

/// `bbox_list`: one list per input image, at most two boxes each, `[x1,y1,x2,y2]` in pixels.
pub fn check_boxes(list: &Value, images: usize) -> Result<(), Refusal> {
    let wrong = |why: &str| Err(Refusal::parameter(format!("bbox_list {why}")));
    let Some(outer) = list.as_array() else {
        return wrong("must be an array");
    };
    if outer.len() != images {
        return wrong("length must equal the number of input images");
    }
    for boxes in outer {
        let Some(boxes) = boxes.as_array() else {
            return wrong("must hold one array per image");
        };
        if boxes.len() > 2 {
            return wrong("supports at most 2 boxes per image");
        }
        for corners in boxes {
            let corners: Option<Vec<u64>> =
                corners.as_array().and_then(|corners| corners.iter().map(Value::as_u64).collect());
            match corners.as_deref() {
                Some([x1, y1, x2, y2]) if x1 < x2 && y1 < y2 => {}
                _ => return wrong("boxes must be [x1,y1,x2,y2] with x1<x2 and y1<y2"),
            }
        }
    }
    Ok(())
}

/// `color_palette`: 3 to 10 entries whose ratios, two decimals each, sum to exactly 100.00%.
pub fn check_palette(palette: &Value) -> Result<(), Refusal> {
    let wrong = |why: &str| Err(Refusal::parameter(format!("color_palette {why}")));
    let Some(entries) = palette.as_array() else {
        return wrong("must be an array");
    };
    if !(3..=10).contains(&entries.len()) {
        return wrong("must hold 3 to 10 colors");
    }
    let mut sum = 0;
    for entry in entries {
        if !entry["hex"].as_str().is_some_and(is_hex) {
            return wrong("hex must look like #C2D1E6");
        }
        let Some(hundredths) = entry["ratio"].as_str().and_then(hundredths) else {
            return wrong("ratio must be a string like 23.51%");
        };
        sum += hundredths;
    }
    if sum == 10_000 { Ok(()) } else { wrong("ratios must sum to 100.00%") }
}

fn is_hex(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// `23.51%` as 2351: integers, because the official example does not sum to 100 in binary.
fn hundredths(ratio: &str) -> Option<u32> {
    let (whole, part) = ratio.strip_suffix('%')?.split_once('.')?;
    let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || whole.len() > 3 || !plain(part) || part.len() != 2 {
        return None;
    }
    Some(whole.parse::<u32>().ok()? * 100 + part.parse::<u32>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn palette(ratios: &[&str]) -> Value {
        ratios.iter().map(|ratio| json!({"hex": "#C2D1E6", "ratio": ratio})).collect()
    }

    #[test]
    fn a_palette_sums_to_a_hundred_in_hundredths() {
        let eight = ["23.51%", "20.13%", "15.97%", "13.27%", "10.20%", "7.40%", "6.09%", "3.43%"];
        assert!(check_palette(&palette(&eight)).is_ok());
        assert!(check_palette(&palette(&["50.00%", "25.00%", "25.00%"])).is_ok());
        assert!(check_palette(&palette(&["50.00%", "25.00%", "24.99%"])).is_err());
        assert!(check_palette(&palette(&["50.00%", "50.00%"])).is_err());
        assert!(check_palette(&palette(&["50%", "25.00%", "25.00%"])).is_err());
        assert!(check_palette(&palette(&["50.0%", "25.00%", "25.00%"])).is_err());
        assert!(
            check_palette(&json!([
                {"hex": "C2D1E6", "ratio": "50.00%"},
                {"hex": "#C2D1E6", "ratio": "25.00%"},
                {"hex": "#C2D1E6", "ratio": "25.00%"},
            ]))
            .is_err()
        );
    }

    #[test]
    fn boxes_come_one_list_per_image_and_two_at_most() {
        let one = json!([989, 515, 1138, 681]);
        assert!(check_boxes(&json!([[], [one]]), 2).is_ok());
        assert!(check_boxes(&json!([[one, one], []]), 2).is_ok());
        assert!(check_boxes(&json!([[one]]), 2).is_err());
        assert!(check_boxes(&json!([[one, one, one]]), 1).is_err());
        assert!(check_boxes(&json!([[[10, 10, 5, 20]]]), 1).is_err());
        assert!(check_boxes(&json!([[[1, 2, 3]]]), 1).is_err());
        assert!(check_boxes(&json!([[[0.5, 2, 3, 4]]]), 1).is_err());
        assert!(check_boxes(&json!("[]"), 0).is_err());
    }
}
