//! Our recipe as an XMP packet: the smallest one, with one property.

/// What stands before the recipe.
const HEAD: &str = "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
    <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
    <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
    <rdf:Description rdf:about=\"\" xmlns:pinxit=\"urn:pinxit:recipe#\">";
const OPEN: &str = "<pinxit:recipe>";
const CLOSE: &str = "</pinxit:recipe>";
/// What stands behind it.
const FOOT: &str = "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>";

/// The packet of a recipe.
pub(super) fn packet(recipe: &str) -> String {
    let mut out = String::with_capacity(recipe.len() + HEAD.len() + FOOT.len() + 64);
    out.push_str(HEAD);
    out.push_str(OPEN);
    for letter in recipe.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            letter => out.push(letter),
        }
    }
    out.push_str(CLOSE);
    out.push_str(FOOT);
    out
}

/// Whether a packet is ours and nothing else; other tools may have added to one, which is theirs from then on.
pub(super) fn is_ours(packet: &[u8]) -> bool {
    std::str::from_utf8(packet).is_ok_and(|text| {
        let middle = text.strip_prefix(HEAD).and_then(|rest| rest.strip_suffix(FOOT));
        middle.is_some_and(|middle| middle.starts_with(OPEN) && middle.find(CLOSE) == Some(middle.len() - CLOSE.len()))
    })
}

/// The recipe in a packet, whoever wrote the packet last.
pub(super) fn recipe(packet: &str) -> Option<String> {
    let (_, rest) = packet.split_once(OPEN)?;
    let (inner, _) = rest.split_once(CLOSE)?;
    let quotes = inner.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    Some(quotes.replace("&amp;", "&"))
}

/// A packet of others without our recipe in it; `None` where it has none.
pub(super) fn without_recipe(packet: &[u8]) -> Option<Vec<u8>> {
    let find = |bytes: &[u8], what: &str| bytes.windows(what.len()).position(|window| window == what.as_bytes());
    let (mut kept, mut rest, mut is_found) = (Vec::with_capacity(packet.len()), packet, false);
    while let Some(start) = find(rest, OPEN) {
        let Some(length) = find(&rest[start..], CLOSE) else { break };
        kept.extend_from_slice(&rest[..start]);
        rest = &rest[start + length + CLOSE.len()..];
        is_found = true;
    }
    kept.extend_from_slice(rest);
    is_found.then_some(kept)
}
