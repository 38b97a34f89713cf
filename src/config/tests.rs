//! Layers, origins and broken files, as a user would meet them.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use super::*;
use crate::catalog::Prefer;
use crate::domain::{Money, Region};

/// A configuration under a fresh `PINXIT_HOME` with this `config.toml`.
fn load(file: &str, vars: &[(&str, &str)], flags: &Flags) -> (Config, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("config")).unwrap();
    std::fs::write(home.path().join("config/config.toml"), file).unwrap();
    (load_in(home.path(), vars, flags), home)
}

fn load_in(home: &Path, vars: &[(&str, &str)], flags: &Flags) -> Config {
    let root = home.display().to_string();
    let var = |name: &str| match name {
        "PINXIT_HOME" => Some(root.clone()),
        _ => vars.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()),
    };
    Config::load(&var, None, flags).unwrap()
}

fn origin(config: &Config, name: &str) -> String {
    config.settings.values().iter().find(|shown| shown.name == name).unwrap().origin.clone()
}

#[test]
fn without_anything_the_built_in_settings_hold() {
    let home = tempfile::tempdir().unwrap();
    let config = load_in(home.path(), &[], &Flags::default());
    assert_eq!(config.notices, []);
    assert_eq!(config.settings.region, Region::Singapore);
    assert_eq!(config.settings.ask_above, Money::usd(500_000));
    assert_eq!(config.settings.base_url().unwrap(), "https://dashscope-intl.aliyuncs.com/api/v1");
    assert!(config.settings.values().iter().all(|shown| shown.origin == "built in"));
    assert!(config.key.is_none());
    assert_eq!(config.settings.prefer, Prefer::Durable);
}

#[test]
fn each_layer_goes_over_the_one_below_and_says_so() {
    let file = "theme = 'paper'\nregion = 'cn-beijing'\nask_above = 0.1\n";
    let (config, home) = load(file, &[], &Flags::default());
    let path = home.path().join("config/config.toml");
    assert_eq!(origin(&config, "region"), format!("{}:2", path.display()));
    assert_eq!(config.settings.ask_above.micros, 100_000, "a number is read as exactly as a text");
    assert_eq!(config.settings.theme, "paper");

    let vars = [("DASHSCOPE_API_REGION", "us-east-1")];
    let (config, _home) = load(file, &vars, &Flags::default());
    assert_eq!(
        (config.settings.region, origin(&config, "region").as_str()),
        (Region::Virginia, "$DASHSCOPE_API_REGION")
    );

    let flags = Flags { region: Some("Singapore".into()), ..Flags::default() };
    let (config, _home) = load(file, &vars, &flags);
    assert_eq!((config.settings.region, origin(&config, "region").as_str()), (Region::Singapore, "--region"));
}

#[test]
fn one_bad_value_costs_that_value_only() {
    let file =
        "theme = 'pink'\nask_above = true\nmodle = 'wan2.7-image'\ngraphics = 'ascii'\napi_key = 'sk-0123456789ab'\n";
    let (config, _home) = load(file, &[], &Flags::default());
    assert_eq!(config.settings.theme, "ink");
    assert_eq!(config.settings.ask_above, Money::usd(500_000));
    assert_eq!(config.settings.graphics, Graphics::Ascii);
    let lines: Vec<_> = config.notices.iter().map(|notice| notice.line.unwrap()).collect();
    assert_eq!(lines, [1, 2, 3, 5]);
    assert!(config.notices[0].message.contains("ink, paper"), "{}", config.notices[0]);
    assert!(config.notices[2].message.contains("did you mean model?"), "{}", config.notices[2]);
    assert!(config.notices[3].message.contains("DASHSCOPE_API_KEY"), "{}", config.notices[3]);
    assert!(config.notices.iter().all(|notice| !notice.to_string().contains("sk-0123")));
}

#[test]
fn a_line_that_is_not_toml_costs_that_line_only() {
    let (config, _home) = load("theme = 'paper'\nregion = = nonsense\ngraphics = 'none'\n", &[], &Flags::default());
    assert_eq!((config.settings.theme.as_str(), config.settings.graphics), ("paper", Graphics::None));
    assert_eq!(config.settings.region, Region::Singapore);
    assert_eq!(config.notices.iter().map(|n| n.line).collect::<Vec<_>>(), [Some(2)], "{:?}", config.notices);
}

#[test]
fn a_file_that_is_not_text_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("config")).unwrap();
    std::fs::write(home.path().join("config/config.toml"), [0xff, 0xfe, 0]).unwrap();
    let config = load_in(home.path(), &[], &Flags::default());
    assert_eq!(config.settings.theme, "ink");
    assert!(config.notices[0].message.contains("UTF-8"));
}

#[test]
fn a_refused_address_is_never_replaced_by_another() {
    let vars = [("DASHSCOPE_HTTP_BASE_URL", "http://somewhere.example/api/v1")];
    let (config, _home) = load("", &vars, &Flags::default());
    let fault = config.settings.base_url().unwrap_err();
    assert_eq!(fault.kind.exit(), 2);
    assert!(fault.message.contains("$DASHSCOPE_HTTP_BASE_URL"), "{fault}");
    assert_eq!(config.notices.len(), 1);
}

#[test]
fn the_address_is_read_from_the_names_other_tools_use() {
    let url = |vars: &[(&str, &str)]| {
        let (config, _home) = load("", vars, &Flags::default());
        (config.settings.base_url().unwrap(), config.settings.region, config.notices.len())
    };
    let local = "http://127.0.0.1:9/api/v1";
    assert_eq!(url(&[("DASHSCOPE_BASE_URL", local)]), (local.into(), Region::Singapore, 0));
    let two = [("DASHSCOPE_BASE_URL", "https://a.example/api/v1"), ("DASHSCOPE_HTTP_BASE_URL", local)];
    assert_eq!(url(&two), (local.into(), Region::Singapore, 1), "the one left out is said");
    let beijing = "https://dashscope.aliyuncs.com/compatible-mode/v1";
    let native = "https://dashscope.aliyuncs.com/api/v1";
    assert_eq!(url(&[("QWEN_BASE_URL", beijing)]), (native.into(), Region::Beijing, 0), "the host tells the region");
    let verbatim = [("QWEN_BASE_URL", "https://h.example/own"), ("QWEN_REGION", "none")];
    assert_eq!(url(&verbatim), ("https://h.example/own".into(), Region::Singapore, 0));
}

#[test]
fn a_region_that_contradicts_the_address_is_said() {
    let vars =
        [("DASHSCOPE_HTTP_BASE_URL", "https://dashscope.aliyuncs.com/api/v1"), ("QWEN_REGION", "ap-southeast-1")];
    let (config, _home) = load("", &vars, &Flags::default());
    assert_eq!(config.settings.region, Region::Singapore);
    assert!(config.notices[0].message.contains("not interchangeable"), "{}", config.notices[0]);
}

#[test]
fn a_region_without_a_shared_host_asks_for_the_workspace() {
    let flags = Flags { region: Some("Frankfurt".into()), ..Flags::default() };
    let (config, _home) = load("", &[], &flags);
    let fault = config.settings.base_url().unwrap_err();
    assert!(fault.hint.contains("eu-central-1.maas.aliyuncs.com/api/v1"), "{fault}");
}

#[test]
fn the_way_to_a_model_is_a_setting_and_a_flag() {
    let (config, _home) = load("prefer = 'fast'\n", &[], &Flags::default());
    assert_eq!(config.settings.prefer, Prefer::Fast);
    let flags = Flags { prefer: Some("durable".into()), ..Flags::default() };
    let (config, _home) = load("prefer = 'fast'\n", &[], &flags);
    assert_eq!((config.settings.prefer, origin(&config, "prefer").as_str()), (Prefer::Durable, "--prefer"));
    let (config, _home) = load("prefer = 'quick'\n", &[], &Flags::default());
    assert!(config.notices[0].message.contains("durable"), "{}", config.notices[0]);
}

#[test]
fn pictures_go_where_the_file_says() {
    let (config, _home) = load("pictures = '/mnt/art'\n", &[], &Flags::default());
    assert_eq!(config.paths.pictures, Path::new("/mnt/art"));
    let (config, home) = load("pictures = 'art'\n", &[], &Flags::default());
    assert_eq!(config.paths.pictures, home.path().join("pictures"));
    assert_eq!(config.notices[0].line, Some(1));
}

#[test]
fn the_users_models_are_read_beside_the_settings() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("config")).unwrap();
    let text = "[[model]]\nid = \"my-model\"\nlike = \"wan2.7-image\"\n";
    std::fs::write(home.path().join("config/catalog.toml"), text).unwrap();
    std::fs::write(home.path().join("config/config.toml"), "model = 'my-model'\n").unwrap();
    let config = load_in(home.path(), &[], &Flags::default());
    assert_eq!(config.notices, []);
    assert_eq!(config.settings.model.as_str(), "my-model");
}

#[test]
fn a_choice_made_in_the_studio_lies_below_the_users_own_file() {
    let home = tempfile::tempdir().unwrap();
    let config = load_in(home.path(), &[], &Flags::default());
    keep_choice(&config.paths, "theme", "dusk").unwrap();
    keep_choice(&config.paths, "region", "cn-beijing").unwrap();
    let config = load_in(home.path(), &[], &Flags::default());
    assert_eq!((config.settings.theme.as_str(), config.settings.region), ("dusk", Region::Beijing));
    assert_eq!((config.settings.pinned("theme"), config.settings.pinned("region")), (None, None));
    let local = [("DASHSCOPE_BASE_URL", "https://dashscope-us.aliyuncs.com/api/v1")];
    let config = load_in(home.path(), &local, &Flags::default());
    assert_eq!((config.settings.region, config.notices.len()), (Region::Virginia, 0), "an address says more");
    std::fs::write(home.path().join("config/config.toml"), "theme = 'paper'\n").unwrap();
    let config = load_in(home.path(), &[], &Flags::default());
    assert_eq!(config.settings.theme, "paper");
    assert!(config.settings.pinned("theme").unwrap().ends_with("config.toml:1"));
}

#[test]
fn themes_of_the_users_own_are_read_and_their_mistakes_have_a_place() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("config/themes");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("sea.toml"), "# sea: cold water\ninherits = \"deep\"\n[roles]\nkye = \"bold\"\n")
        .unwrap();
    std::fs::write(folder.join("deep.toml"), "inherits = \"sea\"\n[roles]\ntext = \"cyan\"\n").unwrap();
    std::fs::write(folder.join("My Theme.toml"), "").unwrap();
    std::fs::write(home.path().join("config/config.toml"), "theme = 'sea'\n").unwrap();
    let config = load_in(home.path(), &[], &Flags::default());
    assert_eq!(config.settings.theme, "sea", "nothing prevents starting: {:?}", config.notices);
    let said: Vec<String> = config.notices.iter().map(ToString::to_string).collect();
    for wanted in [
        "themes/deep.toml:1: a circle",
        "themes/sea.toml:2: a circle",
        "themes/sea.toml:4: nothing is drawn as kye",
        "My Theme.toml: a theme's name",
    ] {
        assert!(said.iter().any(|notice| notice.contains(wanted)), "{wanted}: {said:#?}");
    }
    assert_eq!(config.themes.about("sea"), "cold water");
}

#[test]
fn a_switch_is_written_as_a_word_or_as_toml_does() {
    assert!(load("", &[], &Flags::default()).0.settings.motion);
    for text in ["motion = false", "motion = 'off'"] {
        assert!(!load(text, &[], &Flags::default()).0.settings.motion, "{text}");
    }
    let (config, _home) = load("motion = 'slow'\n", &[], &Flags::default());
    assert!(config.notices[0].message.contains("on or off"), "{}", config.notices[0]);
}

#[test]
fn what_opens_pictures_is_set_in_the_file_and_the_environment_wins() {
    let (config, _home) = load("opener = 'feh -F'\n", &[], &Flags::default());
    assert_eq!((config.settings.opener.as_str(), config.notices.len()), ("feh -F", 0));
    let (config, _home) = load("opener = 'feh -F'\n", &[("PINXIT_OPENER", "imv \"a b\"")], &Flags::default());
    assert_eq!(
        (config.settings.opener.as_str(), origin(&config, "opener").as_str()),
        ("imv \"a b\"", "$PINXIT_OPENER")
    );
    let (config, _home) = load("theme = 'ink'\nopener = \"feh 'x\"\n", &[], &Flags::default());
    assert_eq!((config.settings.opener.as_str(), config.notices[0].line), ("", Some(2)), "the desktop's own");
    assert!(config.notices[0].message.contains("quote ' is not closed"), "{}", config.notices[0]);
}
