//! Amounts of money as people write them, read exactly: never through a float.

/// Millionths of a unit from decimal text such as `0.50`, `$1.25` or `3`. At most six decimals; no sign, no exponent.
pub fn micros(text: &str) -> Option<i64> {
    let plain = text.trim().trim_start_matches(['$', '¥']).trim_start();
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && part.is_empty()) || !digits(whole) || !digits(part) || part.len() > 6 {
        return None;
    }
    let units: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let rest: i64 = format!("{part:0<6}").parse().ok()?;
    units.checked_mul(1_000_000)?.checked_add(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_text_is_read_to_the_millionth() {
        let read = [("0.50", 500_000), ("3", 3_000_000), (".075", 75_000), ("$1.", 1_000_000), ("¥0.562065", 562_065)];
        for (text, amount) in read {
            assert_eq!(micros(text), Some(amount), "{text}");
        }
        for wrong in ["", ".", "-1", "1e3", "0.1234567", "1,5", "nan", "9999999999999999", "1.5 USD"] {
            assert_eq!(micros(wrong), None, "{wrong}");
        }
    }
}
