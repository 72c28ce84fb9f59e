//! All containers with all recommenders, and the front of what VPA could be set to.

use backtest::history::{Container, History};
use backtest::{Score, Setting, Tuning, compare, tune};

use crate::common::{HOUR, MIB, container, plan, requests, stated, walked};

fn daily(high: u64) -> Container {
    let used: Vec<(u64, u64)> = (0..24 * 10)
        .map(|hour| if hour % 24 < 6 { (high, 900) } else { (high / 4, 500) })
        .collect();
    container(HOUR, &used)
}

#[test]
fn every_container_is_walked_with_every_recommender() {
    let history = History { containers: vec![daily(400), daily(900)] };
    let plan = plan(1, 24);
    let compared = compare(&history, &plan);
    // Nothing is stated, so that there are no requests as they are.
    let ids: Vec<&str> = compared.judged.iter().map(|it| it.id).collect();
    assert_eq!(ids, ["vpa", "p95", "p99", "krr"]);
    for judged in &compared.judged {
        let alone = history.containers.iter().map(|it| walked(it, judged.id, &plan));
        let alone: Vec<_> = alone.collect();
        assert_eq!(judged.containers, alone);
        let sum = alone.iter().map(|it| it.score).fold(Score::default(), Score::plus);
        assert_eq!(judged.score, sum);
    }
    let mut stated_too = history;
    requests(&mut stated_too.containers[0], stated(500, 1_000 * MIB), stated(500, 1_000 * MIB));
    assert_eq!(compare(&stated_too, &plan).judged.len(), 5);
}

/// The front has no setting that another one beats, and everything else is beaten by one of it.
#[test]
fn the_front_is_of_settings_that_nothing_beats() {
    let history = History { containers: vec![daily(400), daily(900)] };
    let tuned = tune(&history, &plan(1, 24), &Tuning::default());
    assert_eq!(tuned.len(), 7 * 4 * 4);
    let point = |score: &Score| (score.lanes.memory.wasted, score.kills());
    for it in &tuned {
        let beaten = tuned.iter().any(|other| {
            let ((waste, kills), (less, fewer)) = (point(&it.score), point(&other.score));
            less <= waste && fewer <= kills && (less, fewer) != (waste, kills)
        });
        assert_eq!(it.on_front.memory, !beaten, "{it:?}");
    }
    let default = tuned.iter().find(|it| it.setting == Setting::DEFAULT).expect("VPA's own");
    let vpa = compare(&history, &plan(1, 24)).of("vpa").expect("VPA").score;
    assert_eq!(default.score, vpa);
}
