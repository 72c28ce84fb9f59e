//! Any record of usage is walked through with every recommender and reported, or is refused.

use reports::chart;
use reports::fit::{document, picture, sections};
use reports::render;
use spotsim::{Error, Fitting};

use super::{checked, folder_with};

pub(crate) fn run(data: &[u8]) -> bool {
    let folder = folder_with("usage.csv", data);
    let fitted = match Fitting::of(vec![folder.path().join("usage.csv")]).run() {
        Ok(fitted) => fitted,
        Err(Error::Input(found)) => return checked::<()>(Err(found)).is_ok(),
        Err(other) => panic!("{other}"),
    };
    let report = fitted.report();
    for judged in &report.comparison.judged {
        for lane in judged.score.lanes.each() {
            assert!(lane.wasted <= lane.requested, "more is wasted than requested");
            assert!(lane.above_limit.samples <= lane.samples, "more is killed than there is");
        }
    }
    let text = render::text::render(&sections(&report), 80);
    assert!(!text.is_empty() && !document(&report).is_null(), "nothing is said");
    let _ = (chart::svg(&picture(&report)), fitted.yaml());
    true
}
