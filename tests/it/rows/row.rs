//! A row: a request, what must arrive at the service for it, and what must come of it. Which rows there are is told in the
//! module above.

use pinxit::catalog::Prefer;
use pinxit::domain::{Job, Mode, Phase, Reference, Region, Request};
use pinxit::emulator::{Options, Received, Variants};
use serde_json::{Value, json};

use crate::service::Service;
use Way::{Pictures, Stream, Sync, Task, Words};

/// What no encoding on the way may change.
const PROMPT: &str = "一只\"红\"狐 in snow,\n50% <light> \\ 🦊";
const SEED: u32 = 7;

/// How a request may arrive (contract 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Task,
    Words,
    Pictures,
    Sync,
    Stream,
}

impl Way {
    pub(super) fn path(self) -> &'static str {
        match self {
            Task => "/api/v1/services/aigc/image-generation/generation",
            Words => "/api/v1/services/aigc/text2image/image-synthesis",
            Pictures => "/api/v1/services/aigc/image2image/image-synthesis",
            Sync | Stream => "/api/v1/services/aigc/multimodal-generation/generation",
        }
    }

    /// The headers that say how the answer is wanted (contract 1.3).
    fn assert_headers(self, got: &Received, about: &str) {
        let header = |name: &str| got.headers.get(name).map(String::as_str);
        let enabled = |is_on: bool| is_on.then_some("enable");
        assert_eq!(header("content-type"), Some("application/json"), "{about}");
        assert_eq!(header("authorization"), Some("present"), "{about}");
        assert_eq!(header("x-dashscope-async"), enabled(matches!(self, Task | Words | Pictures)), "{about}");
        assert_eq!(header("x-dashscope-sse"), enabled(self == Stream), "{about}");
        assert_eq!(header("accept") == Some("text/event-stream"), self == Stream, "{about}");
        assert_eq!(header("x-dashscope-ossresourceresolve"), None, "{about}");
    }
}

/// A request, and what must come of it.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) model: &'static str,
    /// Its name on the wire.
    name: &'static str,
    region: Region,
    pub(super) mode: Mode,
    /// The durable one first, then the fast one where it is another.
    pub(super) ways: &'static [Way],
    size: &'static str,
    images: usize,
    /// Pictures of each request it is sent as.
    asks: Vec<u32>,
    set: Vec<(&'static str, Value)>,
    /// Parameters sent beside `size`, `n`, `seed` and what is set; `null` for those that must not be.
    usual: Value,
}

pub(super) fn row(model: &'static str, mode: Mode, ways: &'static [Way], size: &'static str, usual: Value) -> Row {
    let (name, region) = (model, Region::Singapore);
    Row { model, name, region, mode, ways, size, images: 0, asks: vec![1], set: vec![], usual }
}

pub(super) fn address(nth: usize) -> String {
    format!("https://pictures.example/in put/{nth}.jpg?a=1&b=%2B")
}

impl Row {
    pub(super) fn n(self, asks: &[u32]) -> Row {
        Row { asks: asks.to_vec(), ..self }
    }

    /// In a region, which may have another name for the model.
    pub(super) fn named(self, name: &'static str, region: Region) -> Row {
        Row { name, region, ..self }
    }

    pub(super) fn refs(self, images: usize) -> Row {
        Row { images, ..self }
    }

    pub(super) fn size(self, size: &'static str) -> Row {
        Row { size, ..self }
    }

    pub(super) fn set(mut self, name: &'static str, value: Value) -> Row {
        self.set.push((name, value));
        self
    }

    fn request(&self, service: &Service) -> Request {
        let mut request = service.request(self.model, self.mode);
        request.prompt = PROMPT.into();
        request.seed = Some(SEED);
        request.n = self.asks.iter().sum();
        request.size = self.size.parse().unwrap();
        request.images = (1..=self.images).map(|nth| Reference::Url(address(nth))).collect();
        for (name, value) in &self.set {
            assert!(request.set(name, value.clone()), "{self:?}");
        }
        request
    }

    /// The body of request `nth`, from 0.
    fn body(&self, way: Way, nth: usize) -> Value {
        let seed = SEED + self.asks[..nth].iter().sum::<u32>();
        let mut sent = json!({"size": self.size, "n": self.asks[nth], "seed": seed});
        let sent = sent.as_object_mut().unwrap();
        sent.extend(self.usual.as_object().unwrap().clone());
        sent.extend(self.set.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        sent.retain(|_, value| !value.is_null() && *value != "auto");
        let images: Vec<String> = (1..=self.images).map(address).collect();
        let input = if matches!(way, Words | Pictures) {
            let mut input = json!({"prompt": PROMPT});
            if let Some(negative) = sent.remove("negative_prompt") {
                input["negative_prompt"] = negative;
            }
            if !images.is_empty() {
                input["images"] = json!(images);
            }
            input
        } else {
            let mut content: Vec<Value> = images.iter().map(|url| json!({"image": url})).collect();
            let place = if self.model.starts_with("qwen") { content.len() } else { 0 };
            content.insert(place, json!({"text": PROMPT}));
            json!({"messages": [{"role": "user", "content": content}]})
        };
        if way == Stream {
            sent.insert("stream".into(), true.into());
        }
        json!({"model": self.name, "input": input, "parameters": sent})
    }

    /// Width and height of every picture, where the request names them.
    fn pixels(&self) -> Option<(u32, u32)> {
        match self.size {
            "1K" if self.images == 0 => Some((1024, 1024)),
            "2K" if self.images == 0 => Some((2048, 2048)),
            "4K" => Some((4096, 4096)),
            size => size.split_once('*').map(|(w, h)| (w.parse().unwrap(), h.parse().unwrap())),
        }
    }

    /// How many pictures it makes.
    fn makes(&self) -> usize {
        let most = self.set.iter().find(|(name, _)| *name == "max_images");
        most.map_or(self.asks.iter().sum::<u32>() as usize, |(_, most)| most.as_u64().unwrap() as usize)
    }

    /// Runs it by one of its ways and holds it to everything but the story.
    pub(super) fn done(&self, way: Way) -> (Service, Job) {
        let about = format!("{self:?} by {way:?}");
        let variants = Variants { qwen_image_max_async: true, ..Variants::default() };
        let options = Options { region: Some(emulated(self.region)), variants, ..Options::default() };
        let mut service = Service::plain(options);
        service.prefer = if way == self.ways[0] { Prefer::Durable } else { Prefer::Fast };
        service.region = self.region;
        service.start();
        let job = service.run(self.request(&service));
        assert_eq!((job.phase, job.images.len()), (Phase::Done, self.makes()), "{about}: {job:#?}");
        if let Some(pixels) = self.pixels() {
            assert!(job.images.iter().all(|image| (image.width, image.height) == pixels), "{about}: {job:#?}");
        }
        service.assert_kept(std::slice::from_ref(&job));
        let got = service.emulator.requests();
        assert_eq!(got.len(), self.asks.len(), "{about}: {got:#?}");
        for (nth, got) in got.iter().enumerate() {
            assert_eq!(got.path, way.path(), "{about}");
            way.assert_headers(got, &about);
            assert_eq!(got.body, self.body(way, nth), "{about}");
        }
        (service, job)
    }
}

pub(super) fn emulated(region: Region) -> pinxit::emulator::Region {
    pinxit::emulator::Region::ALL.into_iter().find(|other| other.id() == region.id()).unwrap()
}

pub(super) fn all_done(rows: impl IntoIterator<Item = Row>) {
    for row in rows {
        for way in row.ways {
            row.done(*way);
        }
    }
}
