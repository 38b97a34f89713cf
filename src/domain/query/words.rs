//! A query cut into its words: blanks part them, but within quotes.

/// A word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// As it was written.
    pub raw: &'a str,
    /// Turned around by `!` or `-`.
    pub not: bool,
    /// The field asked about, as it was written, and what stands between it and its value: `:`, `>=`.
    pub field: Option<(&'a str, &'a str)>,
    /// What is asked for, without quotes; a field may have several, parted by commas.
    pub values: Vec<String>,
}

impl Word<'_> {
    /// Whether it asks about a field.
    pub fn is_of(&self, name: &str) -> bool {
        self.field.is_some_and(|(field, _)| field.eq_ignore_ascii_case(name))
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”')
}

/// The words of a query, those that say nothing left out. A quote that is not closed goes to the end.
pub(super) fn split(query: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = query;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let mut quoted = false;
        let end = rest
            .char_indices()
            .find(|&(_, c)| {
                quoted ^= is_quote(c);
                c.is_whitespace() && !quoted
            })
            .map_or(rest.len(), |(at, _)| at);
        let (raw, more) = rest.split_at(end);
        rest = more;
        Some(word(raw))
    })
    .filter(|word| word.field.is_some() || word.values.iter().any(|value| !value.is_empty()))
}

fn word(raw: &str) -> Word<'_> {
    let (not, body) = match raw.strip_prefix(['!', '-']) {
        Some(body) => (true, body),
        None => (false, raw),
    };
    let field = field(body);
    let value = field.map_or(body, |(name, sign)| &body[name.len() + sign.len()..]);
    let (mut values, mut quoted) = (vec![String::new()], false);
    for c in value.chars() {
        match c {
            c if is_quote(c) => quoted = !quoted,
            ',' if field.is_some() && !quoted => values.push(String::new()),
            c => values.last_mut().expect("one at least").push(c),
        }
    }
    Word { raw, not, field, values }
}

/// `model` and `:` of `model:wan2.7*`. Only a price is compared: `a=b` is a word.
fn field(body: &str) -> Option<(&str, &str)> {
    let (name, rest) = body.split_at(body.find(|c: char| !c.is_ascii_alphabetic())?);
    let signs: &[&str] = if name.eq_ignore_ascii_case("cost") { &[">=", "<=", ">", "<", "=", ":"] } else { &[":"] };
    let sign = signs.iter().find(|sign| rest.starts_with(**sign)).filter(|_| !name.is_empty())?;
    Some((name, &rest[..sign.len()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keep_blanks_and_commas_and_a_lone_sign_says_nothing() {
        let told = |query| -> Vec<String> {
            split(query).map(|word| format!("{} {:?} {}", word.not, word.field, word.values.join("|"))).collect()
        };
        assert_eq!(told("red \"autumn leaves\""), ["false None red", "false None autumn leaves"]);
        assert_eq!(told("!car -tag:a,\"b, c\" - !"), ["true None car", "true Some((\"tag\", \":\")) a|b, c"]);
        assert_eq!(
            told("cost>=0.05 16:9 a=b"),
            ["false Some((\"cost\", \">=\")) 0.05", "false None 16:9", "false None a=b"]
        );
        assert_eq!(told("“雪 中” \"open end"), ["false None 雪 中", "false None open end"]);
        assert_eq!(told("model:"), ["false Some((\"model\", \":\")) "]);
    }
}
