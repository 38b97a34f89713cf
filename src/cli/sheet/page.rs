//! The page. Everything on it is text that is escaped, or a picture inside the page.

use std::fmt::Write;

use crate::domain::{Image, Job, text};

use super::thumb::thumb;

const STYLE: &str = "\
:root{color-scheme:light dark;--ground:#faf9f7;--ink:#1d1c1a;--quiet:#6d6a64;--line:#e2dfd9;--card:#fff;--bad:#a1361f}\
@media(prefers-color-scheme:dark){:root{--ground:#161615;--ink:#eae7e1;--quiet:#9c978e;--line:#2e2d2a;--card:#1e1d1b;--bad:#e58a73}}\
*{box-sizing:border-box}\
body{margin:0 auto;max-width:110rem;padding:clamp(1rem,4vw,4rem);background:var(--ground);color:var(--ink);\
font:400 1rem/1.5 Charter,'Bitstream Charter','Sitka Text',Cambria,Georgia,serif}\
header{display:flex;flex-wrap:wrap;gap:.3rem 1.5rem;align-items:baseline;margin-bottom:2.5rem;border-bottom:1px solid var(--line);padding-bottom:1rem}\
h1{font-size:1.7rem;font-weight:500;line-height:1.2;margin:0;overflow-wrap:anywhere}\
header p{margin:0;color:var(--quiet)}\
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));gap:2.2rem 1.6rem;align-items:start}\
figure{margin:0;break-inside:avoid}\
figure img,figure .none{display:block;width:100%;height:auto;background:var(--card);border:1px solid var(--line);border-radius:3px}\
figure .none{aspect-ratio:4/3;display:grid;place-content:center;padding:1rem;text-align:center;color:var(--bad);font-size:.9rem}\
figcaption{margin-top:.6rem}\
figcaption p{margin:0 0 .25rem;white-space:pre-wrap;overflow-wrap:anywhere;hyphens:auto}\
.facts{color:var(--quiet);font-size:.82rem;font-variant-numeric:tabular-nums;line-height:1.45}\
.facts b{font-weight:500;color:var(--ink)}\
@media print{body{padding:0}main{grid-template-columns:repeat(3,1fr)}}";

/// A page of pictures.
#[derive(Debug)]
pub struct Page {
    /// What it is called.
    pub title: String,
    /// What is on it, in order.
    pub jobs: Vec<Job>,
}

impl Page {
    /// The whole page.
    pub fn html(&self) -> String {
        let title = escaped(&self.title);
        let pictures: usize = self.jobs.iter().map(|job| job.images.len()).sum();
        let mut out = String::new();
        let _ = write!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n\
             <header><h1>{title}</h1><p>{pictures} pictures</p></header>\n<main>\n"
        );
        for job in &self.jobs {
            job.images.iter().for_each(|image| out.push_str(&figure(job, Some(image))));
            if job.images.is_empty() {
                out.push_str(&figure(job, None));
            }
        }
        out.push_str("</main>\n</html>\n");
        out
    }
}

fn figure(job: &Job, image: Option<&Image>) -> String {
    let prompt = escaped(&job.request.prompt);
    let picture = match image.map(|image| (image, thumb(&image.path))) {
        Some((image, Some(uri))) => {
            format!(
                "<img src=\"{uri}\" width=\"{}\" height=\"{}\" alt=\"{prompt}\" loading=\"lazy\">",
                image.width, image.height
            )
        }
        Some((_, None)) => "<div class=\"none\">The file is gone.</div>".to_owned(),
        None => {
            let why = job.fault.as_ref().map(|fault| fault.message.as_str()).unwrap_or_default();
            format!("<div class=\"none\">{}<br>{}</div>", job.phase, escaped(why))
        }
    };
    format!(
        "<figure>{picture}<figcaption><p>{prompt}</p><div class=\"facts\">{}</div></figcaption></figure>\n",
        facts(job, image)
    )
}

fn facts(job: &Job, image: Option<&Image>) -> String {
    let name = job.row.as_ref().map(|row| format!("<b>{}</b>", escaped(&row.name)));
    let number = image.map_or_else(|| format!("#{}", job.id), |image| format!("#{}", image.id));
    let size = image.map_or_else(|| job.request.size.to_string(), |image| format!("{}×{}", image.width, image.height));
    let seed = image.and_then(|image| image.seed).or(job.request.seed).map(|seed| format!("seed {seed}"));
    let each = job.billed_images.map(|_| match job.estimate.for_images(1).total() {
        Some(unit) => unit.to_string(),
        None => "price unknown".to_owned(),
    });
    let file = image.and_then(|image| image.path.file_name()).map(|name| escaped(&name.to_string_lossy()));
    let first = [name, Some(number), Some(escaped(job.request.model.as_str()))];
    let second = [Some(size), seed, each];
    let line = |parts: &[Option<String>]| parts.iter().flatten().cloned().collect::<Vec<_>>().join(" · ");
    [line(&first), line(&second), file.unwrap_or_default()].join("<br>")
}

/// Text that is text, inside an element or an attribute.
fn escaped(words: &str) -> String {
    let mut out = String::new();
    for c in text::clean_lines(words).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::cli::envelope::sample;
    use crate::domain::{Fault, FaultKind, Phase};

    #[test]
    fn hostile_text_stays_text() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("<img src=x onerror=alert(1)>.png");
        image::RgbImage::new(40, 30).save_with_format(&path, image::ImageFormat::Png).unwrap();
        let mut job = sample::job();
        let mut request = (*job.request).clone();
        request.prompt = "\"><script>alert('hi')</script>\u{202e}\x1b[2J & <b>".into();
        job.request = request.into();
        job.images[0].path = path;
        let failed = Job {
            phase: Phase::Failed,
            images: vec![],
            fault: Some(Fault::new(FaultKind::Content, "code", "<script src=//evil>")),
            ..job.clone()
        };
        let html = Page { title: "</title><script>".into(), jobs: vec![job, failed] }.html();
        assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains("onerror=alert(1)>"), "{html}");
        assert!(!html.contains('\u{202e}') && !html.contains('\x1b'));
        assert_eq!(html.matches("&lt;script&gt;alert(&#39;hi&#39;)").count(), 3, "two captions and one alt");
        assert!(html.contains("FAILED<br>&lt;script src=//evil&gt;") && html.contains("data:image/jpeg;base64,"));
    }

    #[test]
    fn a_picture_says_what_it_is() {
        let html = Page { title: "Foxes".into(), jobs: vec![sample::job()] }.html();
        for words in
            ["a red fox", "#1043a · wan2.7-image", "2048×1152 · seed 7 · $0.030", "The file is gone.", "fox.png"]
        {
            assert!(html.contains(words), "{words} is not in {html}");
        }
        assert!(!html.contains("http://") && !html.contains("https://"), "it needs no network");
    }
}
