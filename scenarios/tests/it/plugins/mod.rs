//! Each plugin of the scheduler on a cluster small enough to be judged by eye.
//!
//! A test is a cluster, a pod, and what every node answers: the score of the plugin under test, with
//! its weight, or which plugin refuses the pod and in which words. `UPDATE_EXPECT=1` rewrites what is
//! expected; the review of the difference is the test. The golden cases hold the same rules against
//! kube-scheduler itself; these say what each rule is for.

mod affinity;
mod fixture;
mod nodes;
mod resources;
mod spread;
mod volumes;

use expect_test::Expect;
use sim::scheduler::framework::PodView;
use sim::scheduler::plain::{self, Evaluation, Walk};
use sim::scheduler::plugins::IN_TREE;
use sim::scheduler::prepared_cycle::Rejection;
use sim::scheduler::profile::Profile;
use sim::world::World;

/// Asks all nodes of a cluster about the pod of a fixture, and compares what they say.
#[track_caller]
fn check(plugin: &str, fixture: &str, expected: &Expect) {
    assert!(IN_TREE.iter().any(|known| known.name == plugin), "{plugin} is no plugin");
    let (world, pod) = fixture::world(fixture);
    let profile = Profile::default();
    let evaluation = plain::evaluate(&profile, PodView::of(pod, &world), &world, Walk::WHOLE);
    expected.assert_eq(&answers(plugin, &evaluation, &world));
}

/// One line a node, by name.
fn answers(plugin: &str, evaluation: &Evaluation, world: &World) -> String {
    if let Some(rejection) = &evaluation.outright {
        return format!("every node: {}\n", words(rejection, world));
    }
    let refused = evaluation.verdicts.iter().filter_map(|(node, rejection)| {
        let name = world.node_name(*node);
        rejection.as_ref().map(|it| format!("{name}: {}\n", words(it, world)))
    });
    let scored = evaluation.scores.iter().map(|scored| {
        let score = scored.by_plugin.iter().find(|(name, _)| *name == plugin);
        let score = score.map_or("fits".to_owned(), |(_, score)| score.to_string());
        format!("{}: {score}\n", world.node_name(scored.node))
    });
    let mut lines: Vec<String> = refused.chain(scored).collect();
    lines.sort();
    lines.concat()
}

fn words(rejection: &Rejection, world: &World) -> String {
    let reasons = rejection.reasons.as_slice().iter().map(|reason| reason.text(world.model()));
    let reasons: Vec<String> = reasons.collect();
    let plugin = rejection.plugin.unwrap_or("NodeAffinity");
    format!("refused by {plugin}, {}", reasons.join(", "))
}
