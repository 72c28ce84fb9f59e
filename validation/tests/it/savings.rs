//! The experiment that reads no traces holds anywhere.

use std::path::Path;

use validation::Experiment;

#[test]
fn a_diversified_fleet_saves_what_the_advisor_says() {
    let experiment = Experiment::named("v7").expect("it is listed");
    let rows = experiment.run(Path::new("nowhere")).expect("nothing is read");
    assert_eq!(rows.len(), 3);
    for row in rows {
        assert_ne!(
            row.holds(),
            Some(false),
            "{}: {} instead of {}",
            row.what,
            row.got,
            row.expected
        );
    }
}
