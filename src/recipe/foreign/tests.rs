//! A sample of what each tool writes, and noise.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

const COMFY: &str = r#"{
  "3": {"class_type": "KSampler", "inputs": {"seed": 156680208700286, "steps": 20, "cfg": 8.0, "sampler_name": "euler",
        "model": ["4", 0], "positive": ["10", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
  "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "v1-5.safetensors"}},
  "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 768, "batch_size": 2}},
  "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "雪中红狐", "clip": ["4", 1]}},
  "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blur", "clip": ["4", 1]}},
  "10": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["6", 0]}}
}"#;

const FLUX: &str = r#"{
  "13": {"class_type": "SamplerCustomAdvanced", "inputs": {"noise": ["25", 0], "guider": ["22", 0], "latent_image": ["27", 0]}},
  "22": {"class_type": "BasicGuider", "inputs": {"conditioning": ["26", 0], "model": ["30", 0]}},
  "25": {"class_type": "RandomNoise", "inputs": {"noise_seed": 7}},
  "26": {"class_type": "FluxGuidance", "inputs": {"conditioning": ["6", 0], "guidance": 3.5}},
  "27": {"class_type": "EmptySD3LatentImage", "inputs": {"width": 1024, "height": 1024, "batch_size": 1}},
  "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["99", 0], "clip": ["11", 0]}},
  "99": {"class_type": "PrimitiveString", "inputs": {"value": "a fox"}}
}"#;

const A1111: &str = "a red fox <lora:ink:0.8>, snow\nsecond line\nNegative prompt: blur,\nbad hands\n\
    Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 965400086, Size: 512x768, Batch size: 4, \
    Lora hashes: \"ink: 1a2b, x: 3c\", Model: v1-5, Version: v1.9.4";

fn one(key: &str, text: &str) -> Foreign {
    read(&[(key, text)]).unwrap()
}

fn listed(foreign: &Foreign, name: &str) -> String {
    foreign.unmapped.get(name).unwrap_or_else(|| panic!("{name} in {:?}", foreign.unmapped)).clone()
}

#[test]
fn a1111_is_read_line_by_line() {
    for key in ["parameters", "UserComment"] {
        let read = one(key, A1111);
        assert_eq!((read.tool, read.prompt.as_str()), ("A1111", "a red fox , snow\nsecond line"));
        assert_eq!(read.negative, "blur,\nbad hands");
        assert_eq!((read.size, read.seed, read.n), (Some((512, 768)), Some(965_400_086), Some(4)));
        assert_eq!(listed(&read, "Lora hashes"), "ink: 1a2b, x: 3c");
        assert_eq!(
            (listed(&read, "Sampler"), listed(&read, "networks")),
            ("DPM++ 2M Karras".into(), "<lora:ink:0.8>".into())
        );
        assert_eq!(read.unmapped.len(), 7, "{:?}", read.unmapped);
    }
    assert_eq!(read(&[("parameters", "only words: no more")]), None);
    let random = one("parameters", "fox\nSteps: 2, Seed: -1, Size: big, Model: x");
    assert_eq!((random.seed, listed(&random, "Seed"), listed(&random, "Size")), (None, "-1".into(), "big".into()));
}

#[test]
fn comfy_is_followed_along_its_wires() {
    let read = one("prompt", COMFY);
    assert_eq!((read.tool, read.prompt.as_str(), read.negative.as_str()), ("ComfyUI", "雪中红狐", "blur"));
    assert_eq!((read.size, read.seed, read.n), (Some((512, 768)), Some(156_680_208_700_286), Some(2)));
    assert_eq!(listed(&read, "CheckpointLoaderSimple.ckpt_name"), "v1-5.safetensors");
    assert_eq!(listed(&read, "steps"), "20");
    let flux = one("Model", &format!("prompt:{FLUX}"));
    assert_eq!((flux.prompt.as_str(), flux.seed, flux.size), ("a fox", Some(7), Some((1024, 1024))));
}

#[test]
fn a_graph_in_a_circle_ends() {
    let circle = r#"{"1": {"class_type": "KSampler", "inputs": {"positive": ["2", 0]}},
        "2": {"class_type": "A", "inputs": {"conditioning": ["3", 0]}}, "3": {"class_type": "B", "inputs": {"conditioning": ["2", 0]}}}"#;
    assert_eq!(one("prompt", circle).prompt, "");
}

#[test]
fn invoke_swarm_fooocus_and_mold_are_read_by_their_names() {
    let invoke = one(
        "invokeai_metadata",
        r#"{"app_version": "5.0", "generation_mode": "txt2img", "positive_prompt": "fox", "negative_prompt": "blur",
            "width": 768, "height": 432, "seed": 3561204430, "steps": 30, "model": {"name": "x"}, "loras": []}"#,
    );
    assert_eq!(
        (invoke.tool, invoke.prompt.as_str(), invoke.size, invoke.seed),
        ("InvokeAI", "fox", Some((768, 432)), Some(3_561_204_430))
    );
    assert_eq!((listed(&invoke, "model"), invoke.unmapped.contains_key("loras")), (r#"{"name":"x"}"#.into(), false));
    let swarm = one(
        "parameters",
        r#"{"sui_image_params": {"prompt": "fox", "negativeprompt": "", "model": "flux", "seed": 7, "images": 1, "steps": 25,
            "width": 1024, "height": 1024, "swarm_version": "0.9.5"}, "sui_extra_data": {"date": "2025-01-02"}}"#,
    );
    assert_eq!((swarm.tool, swarm.prompt.as_str(), swarm.seed, swarm.n), ("SwarmUI", "fox", Some(7), Some(1)));
    assert!(listed(&swarm, "sui_extra_data").contains("2025"));
    let fooocus = read(&[
        ("fooocus_scheme", "fooocus"),
        (
            "parameters",
            r#"{"prompt": "fox", "negative_prompt": "blur", "resolution": "(1152, 896)", "seed": "123",
            "base_model": "jugger", "performance": "Speed", "version": "Fooocus v2.5.0"}"#,
        ),
    ])
    .unwrap();
    assert_eq!((fooocus.tool, fooocus.size, fooocus.seed), ("Fooocus", Some((1152, 896)), Some(123)));
    assert_eq!(listed(&fooocus, "base_model"), "jugger");
    let json = r#"{"prompt": "fox", "model": "flux-schnell:q8", "seed": 42, "steps": 4, "width": 1024, "height": 768}"#;
    for (key, text) in [("mold:parameters", json.to_owned()), ("comment", format!("mold:parameters {json}"))] {
        let mold = one(key, &text);
        assert_eq!(
            (mold.tool, mold.prompt.as_str(), mold.size, mold.seed),
            ("mold", "fox", Some((1024, 768)), Some(42))
        );
        assert_eq!(listed(&mold, "model"), "flux-schnell:q8");
    }
}

proptest! {
    #[test]
    fn no_text_of_a_stranger_is_too_odd(text in any::<String>(), cut in 0..600_usize, key in 0..7_usize) {
        let keys = ["parameters", "prompt", "UserComment", "invokeai_metadata", "mold:parameters", "fooocus_scheme", "comment"];
        let _ = read(&[(keys[key], &text)]);
        for whole in [COMFY, FLUX, A1111] {
            let head: String = whole.chars().take(cut).collect();
            let _ = read(&[(keys[key], &format!("{head}{text}"))]);
        }
    }
}
