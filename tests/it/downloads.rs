//! Pictures that are cut on their way home, and what it takes to have them whole.

use pinxit::domain::{Mode, Phase, Size};
use pinxit::emulator::{Fault, FaultRule, Options, Scope};
use pinxit::picture::meta::{Strip, strip};

use crate::service::Service;

/// A job of one painted picture whose file fails like this; the service, the picture's bytes, the bytes handed over, the log.
fn brought(faults: Vec<FaultRule>) -> (u64, u64, String) {
    let service = Service::new(faults);
    let mut request = service.request("wan2.7-image", Mode::TextToImage);
    request.size = Size::Pixels { width: 768, height: 768 };
    let job = service.run(request);
    assert_eq!((job.phase, job.images.len()), (Phase::Done, 1), "{job:#?}");
    service.assert_kept(std::slice::from_ref(&job));
    // As the service sent it: without the recipe.
    let file = std::fs::read(&job.images[0].path).unwrap();
    let whole = strip(&file, Strip::Ours).unwrap().len() as u64;
    (whole, service.emulator.ledger().file_bytes, service.log(job.id))
}

#[test]
fn a_cut_picture_goes_on_where_it_was_cut() {
    let (whole, handed, log) = brought(vec![FaultRule::new(Scope::File, Fault::CutReply).times(1)]);
    assert!(handed < whole + whole / 2, "{handed} of {whole}");
    assert!(log.contains("picture 1, try 1: ") && log.contains("picture 1 went on at "), "{log}");

    let (whole, handed, log) = brought(vec![FaultRule::new(Scope::File, Fault::LostReply).times(3)]);
    assert!(handed < whole * 2, "four tries: {handed} of {whole}");
    assert_eq!(log.matches("picture 1 went on at ").count(), 3, "{log}");
}

#[test]
fn a_picture_that_comes_bit_by_bit_is_not_given_up() {
    // Broken bytes are believed to stay broken after twelve tries; these are not broken, there are just few of them each time.
    let (_, _, log) = brought(vec![FaultRule::new(Scope::File, Fault::CutReply).times(14)]);
    assert!(log.contains("picture 1, try 14: ") && !log.contains("given up"), "{log}");
}

#[test]
fn what_was_whole_and_broken_is_fetched_from_its_beginning() {
    for fault in [Fault::TruncatedPng, Fault::WrongBytes] {
        let (whole, handed, log) = brought(vec![FaultRule::new(Scope::File, fault).times(1)]);
        assert!(handed >= whole + whole / 2, "{handed} of {whole}");
        assert!(!log.contains("went on"), "{log}");
    }
}

#[test]
fn the_service_says_when_the_next_call_may_come() {
    let slow = Fault::Refuse {
        status: Some(429),
        code: "Throttling.RateQuota".into(),
        message: None,
        billed: false,
        shape: Default::default(),
        retry_after: Some(77),
    };
    let service =
        Service::plain(Options { faults: vec![FaultRule::new(Scope::Submit, slow).times(1)], ..Options::default() });
    let job = service.run(service.request("wan2.7-image", Mode::TextToImage));
    let log = service.log(job.id);
    assert!(job.phase == Phase::Done && log.contains("next try in 77 s"), "{log}");
}
