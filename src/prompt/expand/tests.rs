//! Templates as people write them, and what holds for all.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

fn lists(texts: &[(&str, &str)]) -> BTreeMap<String, String> {
    texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn some_lists() -> BTreeMap<String, String> {
    lists(&[
        ("colour", "# warm first\nred\n\n  orange \r\n{#f00}\nblue"),
        ("art/style", "{ink|oil} painting\nphoto of __animal__"),
        ("animal", "fox\nowl"),
        ("a", "x __b__"),
        ("b", "one\n__c__"),
        ("c", "__a__"),
        ("empty", "# nothing\n\n"),
        ("broken", "fine\n# note\nnot {closed"),
    ])
}

/// All expansions, after making sure that they are as many as counted.
fn all(text: &str) -> Vec<String> {
    let template = Template::parse(text, &some_lists()).unwrap();
    let all: Vec<_> = template.expansions().collect();
    assert_eq!(template.count(), all.len() as u64, "{text}");
    all
}

fn error(text: &str) -> TemplateError {
    Template::parse(text, &some_lists()).unwrap_err()
}

#[test]
fn groups_multiply_in_reading_order_the_last_one_fastest() {
    assert_eq!(all("a {red|blue} {fox|owl}"), ["a red fox", "a red owl", "a blue fox", "a blue owl"]);
    assert_eq!(all("{a|b{1|2}|}!"), ["a!", "b1!", "b2!", "!"]);
    assert_eq!(all("{a}{}"), ["a"]);
}

#[test]
fn some_of_a_group_are_chosen_in_the_order_written() {
    assert_eq!(all("{2$$a|b|c}"), ["a, b", "a, c", "b, c"]);
    assert_eq!(all("{2$$ and $$a|b|c}"), ["a and b", "a and c", "b and c"]);
    assert_eq!(all("{1-2$$/$$a|b|c}"), ["a", "b", "c", "a/b", "a/c", "b/c"]);
    assert_eq!(all("{2-$$a|b|c}").len(), 4);
    assert_eq!(all("{-2$$a|b|c}").len(), 6);
    assert_eq!(all("{0-1$$a|b}"), ["", "a", "b"]);
    assert_eq!(all("{2$${a|A}|b|{c|C}}"), ["a, b", "A, b", "a, c", "a, C", "A, c", "A, C", "b, c", "b, C"]);
    assert_eq!(all(r"{2$$\|$$a|b}"), ["a|b"]);
}

#[test]
fn what_is_no_number_of_choices_is_text() {
    assert_eq!(all("{two$$a|$$5|-$$}"), ["two$$a", "$$5", "-$$"]);
    assert_eq!(all("it costs 2$$, {3$|4$}"), ["it costs 2$$, 3$", "it costs 2$$, 4$"]);
}

#[test]
fn lists_give_their_lines() {
    assert_eq!(all("a __colour__ fox"), ["a red fox", "a orange fox", "a #f00 fox", "a blue fox"]);
    assert_eq!(all("__art/style__"), ["ink painting", "oil painting", "photo of fox", "photo of owl"]);
    assert_eq!(all("{2$$__animal__|hen}"), ["fox, owl", "fox, hen", "owl, hen"]);
    assert_eq!(all("{__animal__|hen}").len(), 3);
}

#[test]
fn plain_text_comes_out_as_it_went_in() {
    for text in
        ["", "a fox", "50% | 50%", "snake_case, __, ____, __ x __, a__b", r"a\b \(c:1.2\) \\", "雪中红狐 👩\u{200d}🎨"]
    {
        assert_eq!(all(text), [text]);
        assert!(Template::parse(text, &some_lists()).unwrap().is_plain());
    }
    assert_eq!(all(r"\{a\|b\} \_\_colour\_\_ {x\|y|\}}"), ["{a|b} __colour__ x|y", "{a|b} __colour__ }"]);
    assert_eq!(all("__../colour__ __.hidden__ __a//b__"), ["__../colour__ __.hidden__ __a//b__"]);
}

#[test]
fn errors_say_what_and_where() {
    for (text, said) in [
        ("a {red|blue", r"A { is never closed; write \{ for the character. (character 3: {red|blue)"),
        ("雪 a} b", r"A } closes nothing; write \} for the character. (character 4: } b)"),
        ("{3$$a|b}", "3 are to be chosen of 2. (character 1: {3$$a|b})"),
        ("{1-9$$a|b}", "9 are to be chosen of 2. (character 1: {1-9$$a|b})"),
        ("{2-1$$a|b}", "The range ends before it begins. (character 1: {2-1$$a|b})"),
        ("a __color__ b", "There is no list color. Did you mean colour? (character 3: __color__)"),
        ("__empty__", "The list empty has no lines. (character 1: __empty__)"),
        ("__a__", "The lists lead in a circle: a > b > c > a. (list c, line 1, character 1: __a__)"),
        ("__broken__", r"A { is never closed; write \{ for the character. (list broken, line 3, character 5: {closed)"),
    ] {
        assert_eq!(error(text).to_string(), said, "{text}");
    }
    assert_eq!((error("雪 a} b").at, error("__broken__").list), (3, Some(("broken".to_owned(), 3))));
}

#[test]
fn what_would_grow_without_end_is_refused() {
    let deep = format!("{}a{}", "{".repeat(50), "}".repeat(50));
    assert_eq!(error(&deep).trouble, Trouble::TooDeep);
    let mut bomb: BTreeMap<_, _> = (0..9).map(|n| (format!("l{n}"), format!("__l{}__ ", n + 1).repeat(100))).collect();
    bomb.insert("l9".into(), "{|}".into());
    assert_eq!(Template::parse("__l0__", &bomb).unwrap_err().trouble, Trouble::TooLong);
    let chain: BTreeMap<_, _> = (0..20).map(|n| (format!("l{n}"), format!("__l{}__", n + 1))).collect();
    assert_eq!(Template::parse("__l0__", &chain).unwrap_err().trouble, Trouble::TooDeep);
    let nest = |n| format!("{}__l{}__{}", "{".repeat(15), n + 1, "}".repeat(15));
    let nested: BTreeMap<_, _> =
        (0..20).map(|n| (format!("l{n}"), nest(n))).chain([("l20".into(), "a".into())]).collect();
    let mut book = Wordbook::new(&nested);
    assert!(book.template("__l20__").is_ok());
    assert_eq!(book.template("__l18__").unwrap_err().trouble, Trouble::TooDeep);
    assert_eq!(book.template("__l0__").unwrap_err().trouble, Trouble::TooDeep);
    let many = "x\n".repeat(5_000);
    assert_eq!(Template::parse("{3000$$__m__}", &lists(&[("m", &many)])).unwrap_err().trouble, Trouble::TooMany);
}

#[test]
fn more_than_can_be_counted_is_as_many_as_can_be() {
    let template = Template::parse(&"{a|b|c|d}".repeat(40), &lists(&[])).unwrap();
    assert_eq!(template.count(), u64::MAX);
    let first: Vec<_> = template.expansions().take(5).map(|text| text[37..].to_owned()).collect();
    assert_eq!(first, ["aaa", "aab", "aac", "aad", "aba"]);
    assert_eq!((template.nth(u64::MAX), template.nth(u64::MAX - 1).unwrap().len()), (None, 40));
}

#[test]
fn chance_is_the_same_for_the_same_seed_and_never_picks_twice() {
    let template = Template::parse("{a|b|c} {1-2$$x|y|z} __colour__", &some_lists()).unwrap();
    let everything: BTreeSet<_> = template.expansions().collect();
    assert_eq!(template.random(7, 5), template.random(7, 5));
    assert_ne!(template.random(7, 5), template.random(8, 5));
    for picks in [1, 5, 17, 71, 72, 500] {
        let picked = template.random(1, picks);
        let distinct: BTreeSet<_> = picked.iter().cloned().collect();
        assert_eq!((picked.len(), distinct.len()), (picks.min(72), picks.min(72)));
        assert!(distinct.is_subset(&everything));
    }
    let endless = Template::parse(&"{a|b|c|d}".repeat(40), &lists(&[])).unwrap().random(3, 4);
    assert!(endless.iter().all(|text| text.contains('a') && text.contains('d')), "{endless:?}");
}

#[test]
fn a_matrix_comes_before_its_wildcards() {
    let lists = some_lists();
    let mut book = Wordbook::new(&lists);
    let how = Unfolding { wildcards: Wildcards::All, matrix: true, limit: 5 };
    let unfolded = unfold("a {red|blue} fox | snow | __animal__", &how, &mut book).unwrap();
    assert_eq!(unfolded.count, 12);
    let expected = ["a red fox", "a blue fox", "a red fox, snow", "a blue fox, snow", "a red fox, fox"];
    assert_eq!(unfolded.prompts, expected);
    let whole = Unfolding { limit: usize::MAX, ..how };
    assert_eq!(unfold("a {red|blue} fox | snow | __animal__", &whole, &mut book).unwrap().prompts.len(), 12);
    assert_eq!(unfold("a | b {c", &how, &mut book).unwrap_err().at, 6);
    let off = Unfolding { matrix: true, ..Unfolding::default() };
    assert_eq!(unfold(r"a_b \| c | d", &off, &mut book).unwrap().prompts, ["a_b | c", "a_b | c, d"]);
    let untouched = unfold(r"a \{b|c} | d", &Unfolding::default(), &mut book).unwrap();
    assert_eq!(untouched, Unfolded { count: 1, prompts: vec![r"a \{b|c} | d".into()] });
}

/// A template in a form that is expanded in the plainest way there is.
#[derive(Debug, Clone)]
enum Tree {
    Text(String),
    Row(Vec<Tree>),
    Group(Option<(usize, usize)>, Vec<Tree>),
}

impl Tree {
    fn written(&self) -> String {
        match self {
            Tree::Text(text) => escape(text),
            Tree::Row(trees) => trees.iter().map(Tree::written).collect(),
            Tree::Group(amount, trees) => {
                let amount = amount.map_or(String::new(), |(least, most)| format!("{least}-{most}$$+$$"));
                format!("{{{amount}{}}}", trees.iter().map(Tree::written).collect::<Vec<_>>().join("|"))
            }
        }
    }

    fn expanded(&self) -> Vec<String> {
        match self {
            Tree::Text(text) => vec![text.clone()],
            Tree::Row(trees) => product(&trees.iter().collect::<Vec<_>>(), ""),
            Tree::Group(amount, trees) => {
                let (least, most) = amount.unwrap_or((1, 1));
                let chosen = |size| combinations(trees.len(), size).into_iter();
                let of = |places: Vec<usize>| product(&places.iter().map(|at| &trees[*at]).collect::<Vec<_>>(), "+");
                (least..=most).flat_map(chosen).flat_map(of).collect()
            }
        }
    }
}

fn product(trees: &[&Tree], joint: &str) -> Vec<String> {
    let Some((first, rest)) = trees.split_first() else { return vec![String::new()] };
    let tails = product(rest, joint);
    let joint = if rest.is_empty() { "" } else { joint };
    first.expanded().iter().flat_map(|head| tails.iter().map(move |tail| format!("{head}{joint}{tail}"))).collect()
}

fn combinations(of: usize, size: usize) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = (0u32..1 << of)
        .filter(|set| set.count_ones() as usize == size)
        .map(|set| (0..of).filter(|at| set >> at & 1 == 1).collect())
        .collect();
    all.sort();
    all
}

fn tree() -> impl Strategy<Value = Tree> {
    // No digits and no dollars, which could turn an alternative into a number of choices; no backslashes, which would join
    // with what stands behind them.
    let leaf = "[a-c {|}_]{0,4}".prop_map(Tree::Text);
    leaf.prop_recursive(3, 12, 3, |inner| {
        let group = prop::collection::vec(inner.clone(), 1..4).prop_flat_map(|trees| {
            let there = trees.len();
            let amount = prop::option::of((0..=there, 0..=there).prop_map(|(a, b)| (a.min(b), a.max(b))));
            amount.prop_map(move |amount| Tree::Group(amount, trees.clone()))
        });
        prop_oneof![prop::collection::vec(inner, 1..3).prop_map(Tree::Row), group]
    })
}

proptest! {
    #[test]
    fn expansions_are_those_of_the_plainest_way(tree in tree()) {
        let expected = tree.expanded();
        prop_assume!(expected.len() < 2_000);
        let template = Template::parse(&tree.written(), &lists(&[])).unwrap();
        prop_assert_eq!(template.count(), expected.len() as u64, "{}", tree.written());
        prop_assert_eq!(template.expansions().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn no_text_is_too_strange(text in "([a-c0-3{}|_$\\\\ -]|__animal__|2\\$\\$|\\PC){0,40}", seed: u64) {
        let lists = some_lists();
        if let Ok(template) = Template::parse(&text, &lists) {
            let first: Vec<_> = template.expansions().take(50).collect();
            prop_assert_eq!(first.len() as u64, template.count().min(50));
            prop_assert_eq!(template.random(seed, 3).len().min(1), 1);
        }
        for matrix in [false, true] {
            let how = Unfolding { wildcards: Wildcards::All, matrix, limit: 20 };
            let _ = unfold(&text, &how, &mut Wordbook::new(&lists));
        }
    }

    #[test]
    fn escaped_text_stands_for_itself(text in "([{}|_\\\\a]|\\PC){0,30}") {
        let all: Vec<_> = Template::parse(&escape(&text), &some_lists()).unwrap().expansions().collect();
        prop_assert_eq!(all, [text]);
    }
}
