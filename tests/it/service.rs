//! Engine and emulator together, in this process: a store on disk, HTTP on loopback, real picture files.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use pinxit::api::{Client, Endpoint};
use pinxit::catalog::{Catalog, Prefer};
use pinxit::domain::{Cost, Job, JobId, Mode, Phase, Region, Request};
use pinxit::emulator::{Delays, Emulator, FaultRule, Options};
use pinxit::engine::{Clock, Engine, Pace, Setup, has_due};
use pinxit::store::{NewJob, Places, Store, Watch};

use crate::sample::NOW;

/// Far longer than anything takes: only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(40);

/// A service, a store and an engine between them.
pub struct Service {
    pub emulator: Emulator,
    pub store: Store,
    pub catalog: Arc<Catalog>,
    /// Which route is tried first; the next start obeys.
    pub prefer: Prefer,
    /// Whose names, routes and prices; the next start obeys.
    pub region: Region,
    /// Time for each engine that is started.
    clock: fn() -> Clock,
    engine: Option<Engine>,
    changes: Receiver<()>,
    _watch: Watch,
    home: tempfile::TempDir,
}

impl Service {
    /// With these faults; tasks move on by being asked after, and time is skipped, so nothing waits.
    pub fn new(faults: Vec<FaultRule>) -> Service {
        Service::with(Options { faults, delays: Delays::ByPoll, seed: Some(1), ..Options::default() })
    }

    /// As [`Service::new`], with pictures that are of one colour each and so cost next to no time.
    pub fn plain(options: Options) -> Service {
        Service::with(Options { plain: true, delays: Delays::ByPoll, seed: Some(1), ..options })
    }

    /// As [`Service::plain`], by the machine's clock: what the service tells of its own time has to agree with ours.
    pub fn real(options: Options) -> Service {
        let options = Options { plain: true, delays: Delays::ByPoll, seed: Some(1), ..options };
        Service::timed(options, Clock::real)
    }

    pub fn with(options: Options) -> Service {
        Service::timed(options, || Clock::skipping(NOW))
    }

    /// With a clock for each engine that is started.
    pub fn timed(options: Options, clock: fn() -> Clock) -> Service {
        let home = tempfile::tempdir().unwrap();
        let places =
            Places { data: home.path().join("data"), pictures: home.path().join("pictures"), service: "here".into() };
        let store = Store::open(&places).unwrap();
        let (wake, changes) = channel();
        let watch = store.watch(move || wake.send(()).unwrap_or_default()).unwrap();
        let mut service = Service {
            emulator: Emulator::spawn(options).unwrap(),
            store,
            catalog: Arc::new(Catalog::builtin()),
            prefer: Prefer::default(),
            region: Region::Singapore,
            clock,
            engine: None,
            changes,
            _watch: watch,
            home,
        };
        service.start();
        service
    }

    /// Starts the engine (again).
    pub fn start(&mut self) {
        self.stop();
        let endpoint = Endpoint { base_url: self.emulator.base_url(), key: "sk-test".to_owned().into() };
        let setup = Setup {
            store: self.store.clone(),
            catalog: self.catalog.clone(),
            client: Client::new(endpoint).unwrap(),
            region: self.region,
            prefer: self.prefer,
            pace: Pace::for_url(&self.emulator.base_url()),
            clock: (self.clock)(),
            keeping: Default::default(),
        };
        self.engine = Engine::start(setup).unwrap();
        assert!(self.engine.is_some(), "the worker lock is free");
    }

    pub fn stop(&mut self) {
        if let Some(engine) = self.engine.take() {
            engine.stop();
        }
    }

    /// A legal request of a model in a mode.
    pub fn request(&self, model: &str, mode: Mode) -> Request {
        let model = self.catalog.get(model).unwrap();
        Request { prompt: "a red fox in snow".into(), seed: Some(7), ..model.blank(mode) }
    }

    pub fn submit(&self, request: Request) -> JobId {
        let model = self.catalog.get(request.model.as_str()).unwrap();
        assert_eq!(self.catalog.check(&request), [], "the request is legal");
        let estimate: Cost = model.cost(&request, self.region);
        self.store.enqueue(&[NewJob::new(request, estimate)], (self.clock)().now()).unwrap()[0]
    }

    /// Waits until a job needs nothing more of the engine.
    pub fn finished(&self, id: JobId) -> Job {
        self.when(id, |job| job.phase.is_ended() || job.phase == Phase::Unsure)
    }

    /// Waits until nothing is left that moves by itself: calls in doubt are looked for too. Many jobs take a while.
    pub fn settled(&self) {
        let end = std::time::Instant::now() + PATIENCE * 10;
        while has_due(&self.store).unwrap() {
            assert!(std::time::Instant::now() < end, "waited in vain: {:#?}", self.store.changes(0, NOW).unwrap().jobs);
            let _ = self.changes.recv_timeout(Duration::from_millis(200));
        }
    }

    pub fn when(&self, id: JobId, wished: impl Fn(&Job) -> bool) -> Job {
        let end = std::time::Instant::now() + PATIENCE;
        loop {
            let job = self.store.job(id).unwrap().unwrap();
            if wished(&job) {
                return job;
            }
            assert!(std::time::Instant::now() < end, "waited in vain: {job:#?}");
            let _ = self.changes.recv_timeout(Duration::from_millis(200));
        }
    }

    pub fn run(&self, request: Request) -> Job {
        self.finished(self.submit(request))
    }

    /// What was billed was handed over and is on disk, each picture whole in a file of its own, and nothing else is there
    /// but stories. `jobs`: all that ran here.
    pub fn assert_kept(&self, jobs: &[Job]) {
        let mut expected: BTreeSet<PathBuf> = jobs.iter().filter_map(|job| job.document.clone()).collect();
        let mut pictures = 0;
        for job in jobs {
            assert_eq!(job.billed_images.unwrap_or(0) as usize, job.images.len(), "{job:#?}");
            for image in &job.images {
                assert_eq!(image::image_dimensions(&image.path).unwrap(), (image.width, image.height), "{image:?}");
                assert_eq!(std::fs::metadata(&image.path).unwrap().len(), image.bytes, "{image:?}");
                assert!(expected.insert(image.path.clone()), "written twice: {image:?}");
                pictures += 1;
            }
        }
        assert_eq!(self.files().into_iter().collect::<BTreeSet<_>>(), expected);
        let ledger = self.emulator.ledger();
        assert_eq!((ledger.billed_images, ledger.images_delivered), (pictures, pictures), "{jobs:#?}");
    }

    /// A picture of the user's, somewhere else than the studio's own files.
    pub fn picture(&self, name: &str, picture: image::DynamicImage) -> PathBuf {
        let path = self.home.path().join(name);
        picture.save(&path).unwrap();
        path
    }

    /// The job's log, a line each.
    pub fn log(&self, id: JobId) -> String {
        self.store.log(id).unwrap().iter().map(|line| format!("{}\n", line.text)).collect()
    }

    /// Every file below the pictures folder, temporary ones included.
    pub fn files(&self) -> Vec<PathBuf> {
        fn walk(dir: PathBuf, into: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(dir).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() { walk(path, into) } else { into.push(path) }
            }
        }
        let mut files = Vec::new();
        walk(self.store.places().pictures.clone(), &mut files);
        files
    }
}
