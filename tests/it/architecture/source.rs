//! One source file, read as tokens: the paths it names, its functions and its length, tests left out.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// What the architecture asks of a file.
pub struct Source {
    /// Lines, without the `#[cfg(test)]` module.
    pub lines: usize,
    /// Functions and their lines, from opening to closing brace.
    pub functions: Vec<(String, usize)>,
    /// Every path of two words or more, resolved from the crate's root, with its line.
    pub paths: Vec<(usize, Vec<String>)>,
}

impl Source {
    /// Reads a file at `path` below `src/`.
    pub fn parse(path: &str, text: &str) -> Result<Source, proc_macro2::LexError> {
        let tokens: TokenStream = text.parse()?;
        let mut module: Vec<String> = vec!["crate".into()];
        module.extend(path.trim_end_matches(".rs").split('/').map(str::to_owned));
        if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
            module.pop();
        }
        let mut source = Source { lines: text.lines().count(), functions: Vec::new(), paths: Vec::new() };
        source.walk(tokens, &module);
        Ok(source)
    }

    fn walk(&mut self, tokens: TokenStream, module: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            if let Some((group, next)) = test_module(&tokens, at) {
                self.lines -= (lines_of(group) + 1).min(self.lines);
                at = next;
                continue;
            }
            if let Some(name) = function_name(&tokens, at)
                && let Some(TokenTree::Group(body)) = tokens[at..].iter().find(|token| is_end_of_head(token))
            {
                self.functions.push((name, lines_of(body)));
            }
            match &tokens[at] {
                TokenTree::Ident(first) if !after_colons(&tokens, at) => {
                    at = self.path(&tokens, at, vec![], first.span().start().line, module);
                }
                TokenTree::Group(group) => {
                    self.walk(group.stream(), module);
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }

    /// Reads a path that begins at `at`, following `::` into words and `{...}` of use trees. Returns the next place.
    fn path(
        &mut self,
        tokens: &[TokenTree],
        mut at: usize,
        prefix: Vec<String>,
        line: usize,
        module: &[String],
    ) -> usize {
        let mut words = prefix;
        loop {
            match tokens.get(at) {
                Some(TokenTree::Ident(word)) => words.push(word.to_string()),
                Some(TokenTree::Group(tree)) if tree.delimiter() == Delimiter::Brace && !words.is_empty() => {
                    self.tree(tree, &words, module);
                    return at + 1;
                }
                _ => break,
            }
            at += 1;
            if !(is_colon(tokens.get(at)) && is_colon(tokens.get(at + 1))) {
                break;
            }
            at += 2;
        }
        if words.len() > 1 || words.first().is_some_and(|word| word == "ratatui" || word == "tokio") {
            self.paths.push((line, resolve(words, module)));
        }
        at
    }

    fn tree(&mut self, tree: &Group, prefix: &[String], module: &[String]) {
        let tokens: Vec<TokenTree> = tree.stream().into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            let line = tokens[at].span().start().line;
            at = match &tokens[at] {
                TokenTree::Ident(_) => self.path(&tokens, at, prefix.to_vec(), line, module),
                _ => at + 1,
            };
        }
    }
}

/// `super` and `self` as seen from `module`.
fn resolve(words: Vec<String>, module: &[String]) -> Vec<String> {
    let ups = words.iter().take_while(|word| *word == "super").count();
    match words.first().map(String::as_str) {
        Some("self") => module.iter().cloned().chain(words.into_iter().skip(1)).collect(),
        Some("super") => {
            let kept = module.len().saturating_sub(ups);
            module[..kept].iter().cloned().chain(words.into_iter().skip(ups)).collect()
        }
        _ => words,
    }
}

fn is_colon(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(mark)) if mark.as_char() == ':')
}

fn after_colons(tokens: &[TokenTree], at: usize) -> bool {
    at >= 2 && is_colon(tokens.get(at - 1)) && is_colon(tokens.get(at - 2))
}

fn lines_of(group: &Group) -> usize {
    group.span_close().start().line - group.span_open().start().line + 1
}

/// A function's body, or the `;` of one without.
fn is_end_of_head(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(mark) => mark.as_char() == ';',
        _ => false,
    }
}

fn function_name(tokens: &[TokenTree], at: usize) -> Option<String> {
    match (&tokens[at], tokens.get(at + 1)) {
        (TokenTree::Ident(word), Some(TokenTree::Ident(name))) if *word == "fn" => Some(name.to_string()),
        _ => None,
    }
}

/// `#[cfg(test)] ... mod name { ... }` at `at`: its body, and the place after it.
fn test_module(tokens: &[TokenTree], at: usize) -> Option<(&Group, usize)> {
    let attribute = |at: usize| match (tokens.get(at), tokens.get(at + 1)) {
        (Some(TokenTree::Punct(mark)), Some(TokenTree::Group(group))) if mark.as_char() == '#' => {
            Some(group.stream().to_string())
        }
        _ => None,
    };
    if attribute(at)?.replace(' ', "") != "cfg(test)" {
        return None;
    }
    let mut at = at + 2;
    while attribute(at).is_some() {
        at += 2;
    }
    match tokens.get(at..at + 3)? {
        [TokenTree::Ident(word), TokenTree::Ident(_), TokenTree::Group(body)] if *word == "mod" => Some((body, at + 3)),
        _ => None,
    }
}
