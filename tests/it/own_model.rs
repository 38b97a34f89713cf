//! A model of the user's own, in `catalog.toml` and nowhere in the code, driven at the keys: its fields are there, its limits
//! hold, and what the emulator gets is what the file says.

use serde_json::json;

use crate::cli::{Home, json as run};
use crate::queue::configure;
use crate::stories::{STAGES, Sitting};

/// It goes by the name of a model the service knows; its parameters are ones no code has heard of.
const MINE: &str = r#"
[parameter.grain]
label = "Grain"
help = "How much grain the film has."
kind = "int"
min = 1
max = 9
default = 3
source = "mine"

[parameter.film]
label = "Film"
help = "Which film."
kind = "text"
max = 12
source = "mine"

[parameter.dusty]
label = "Dusty"
help = "Dust and scratches."
kind = "bool"
default = false
source = "mine"

[[model]]
id = "darkroom-1"
like = "wan2.6-t2i"
about = "Old photographs"
names = { ap-southeast-1 = "wan2.6-t2i" }

[model.price]
ap-southeast-1 = { amount = 0.04, currency = "usd", date = "2026-11", basis = "my contract" }

[model.mode.text-to-image]
parameters = ["size", "n", "seed", "grain", "film", "dusty", "watermark"]
with.n.max = 2

[model.mode.text-to-image.size]
default = "1280*1280"
recommended = ["1280*1280", "960*1696"]
pixels = [1_600_000, 1_700_000]
ratio = 4
source = "mine"
"#;

fn ready(home: &Home) {
    configure(home, "");
    std::fs::write(home.path().join("config/catalog.toml"), MINE).unwrap();
}

#[test]
fn a_model_added_in_a_file_has_its_form_its_limits_its_price_and_its_request() {
    for stage in STAGES {
        let mut it = Sitting::with(stage, vec![], &[], |home, _| ready(home));
        it.stop_typing();
        it.pty.send("m");
        it.pty.wait_for("Choose a model");
        it.pty.send("darkroom\r");
        it.pty.wait("its price", |screen| screen.contains("1 x $0.040 = $0.040"));
        it.pty.send("\t\t");
        for label in ["Size", "Images", "Seed", "Grain", "Film", "Dusty", "Watermark"] {
            it.go_to(label);
        }
        assert!(!it.pty.screen().contains("Extend"), "what it does not have is not there: {}", it.pty.screen());
        it.pty.send("kkk");
        it.go_to("Grain");
        it.pty.send("\r\x1512\r");
        it.pty.wait("its limits on the field", |screen| screen.contains("1 to 9"));
        it.pty.send("i");
        it.pty.send("\x1b[Z\x1b[Za red fox\x07");
        it.pty.wait_for("Not sent.");
        assert_eq!(it.emulator.requests().len(), 0);
        it.go_to("Grain");
        it.pty.send("=");
        it.pty.wait("the nearest legal one", |screen| {
            screen.lines().any(|line| line.contains("Grain") && line.contains(" 9"))
        });
        it.pty.send("j");
        it.go_to("Film");
        it.pty.send("\rtri-x 400\r");
        it.pty.wait_for("tri-x 400");
        it.pty.send("j");
        it.go_to("Dusty");
        it.pty.send("l\x07");
        it.pty.wait_for("DONE");
        let requests = it.emulator.requests();
        let sent = requests.iter().find(|asked| asked.method == "POST").unwrap();
        assert_eq!(sent.body["model"], "wan2.6-t2i");
        let parameters = &sent.body["parameters"];
        let of = |name: &str| parameters[name].clone();
        assert_eq!(
            (of("grain"), of("film"), of("dusty"), of("size")),
            (json!(9), json!("tri-x 400"), json!(true), json!("1280*1280")),
            "{parameters}"
        );
        assert!(parameters.get("prompt_extend").is_none());
        let (_, told) = run(&mut it.home.on(&it.emulator, &["cost", "--json"]));
        assert_eq!(told["total"]["amounts"][0]["amount"].as_f64(), Some(0.04), "{told:#}");
        it.leave();
    }
}
