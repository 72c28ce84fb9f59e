//! Which plugins of a profile are on, where, and how much their scores weigh.
//!
//! Upstream merges what is written with the default plugins at `multiPoint`, and then lays that out
//! over the extension points, where a single point has the last word.

use std::collections::BTreeSet;

use super::Report;
use crate::diagnostic::did_you_mean;
use crate::file::scheduler::{Plugin, PluginSet, Plugins};
use crate::tree::Step;

/// An extension point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Point {
    PreEnqueue,
    QueueSort,
    PreFilter,
    Filter,
    PostFilter,
    PreScore,
    Score,
    Reserve,
    Permit,
    PreBind,
    Bind,
    PostBind,
}

use Point::{
    Bind, Filter, Permit, PostBind, PostFilter, PreBind, PreEnqueue, PreFilter, PreScore,
    QueueSort, Reserve, Score,
};

const POINTS: [Point; 12] = [
    PreEnqueue, QueueSort, PreFilter, Filter, PostFilter, PreScore, Score, Reserve, Permit,
    PreBind, Bind, PostBind,
];

/// The plugins that kube-scheduler has, in the order of its default profile, with the weights they
/// have there and the points that they can be at.
// kube-scheduler: apis/config/v1/default_plugins.go getDefaultPlugins
const KNOWN: [(&str, i64, &[Point]); 20] = [
    ("SchedulingGates", 0, &[PreEnqueue]),
    ("PrioritySort", 0, &[QueueSort]),
    ("NodeUnschedulable", 0, &[Filter]),
    ("NodeName", 0, &[Filter]),
    ("TaintToleration", 3, &[Filter, PreScore, Score]),
    ("NodeAffinity", 2, &[PreFilter, Filter, PreScore, Score]),
    ("NodePorts", 0, &[PreFilter, Filter]),
    ("NodeResourcesFit", 1, &[PreFilter, Filter, PreScore, Score]),
    ("VolumeRestrictions", 0, &[PreFilter, Filter]),
    ("NodeVolumeLimits", 0, &[PreFilter, Filter]),
    ("VolumeBinding", 0, &[PreFilter, Filter, PreScore, Score, Reserve, PreBind]),
    ("VolumeZone", 0, &[PreFilter, Filter]),
    ("PodTopologySpread", 2, &[PreFilter, Filter, PreScore, Score]),
    ("InterPodAffinity", 2, &[PreFilter, Filter, PreScore, Score]),
    ("DynamicResources", 2, &[PreEnqueue, PreFilter, Filter, PostFilter, Score, Reserve, PreBind]),
    ("DefaultPreemption", 0, &[PreEnqueue, PostFilter]),
    ("NodeResourcesBalancedAllocation", 1, &[PreScore, Score]),
    ("ImageLocality", 1, &[Score]),
    ("DefaultBinder", 0, &[Bind]),
    ("NodeDeclaredFeatures", 0, &[PreFilter, Filter]),
];

/// The plugins of a profile that matter to the simulation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Switched {
    /// Those that filter, in order.
    pub(super) filters: Vec<&'static str>,
    /// Those that score, with their weights.
    pub(super) scores: Vec<(&'static str, i64)>,
    /// Whether room is made for pods of higher priority.
    pub(super) preempts: bool,
}

/// The known plugin of this name.
fn known(name: &str) -> Option<&'static (&'static str, i64, &'static [Point])> {
    KNOWN.iter().find(|(known, ..)| *known == name)
}

/// Whether there is a plugin of this name; if not, that is said.
pub(super) fn must_be_known(name: &str, path: &[Step], report: &mut Report<'_>) -> bool {
    if known(name).is_some() {
        return true;
    }
    let help = did_you_mean(name, KNOWN.iter().map(|(name, ..)| *name)).map_or_else(
        || "only the plugins that kube-scheduler comes with are simulated".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    report.say("E0501", path, format!("there is no plugin `{name}`"), Some(help));
    false
}

/// What is on in a profile that stands at `at`.
pub(super) fn resolve(plugins: &Plugins, at: &[Step], report: &mut Report<'_>) -> Switched {
    let mut path = at.to_vec();
    path.push("plugins".into());
    check_names(plugins, &path, report);
    let multi = merge(&plugins.multi_point);
    let at = |point| lay_out(point, set(plugins, point).0, &multi);
    let names = |point| at(point).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    let missing = |what: &str| format!("no plugin is on at `{what}`, and then nothing is placed");
    for (point, what) in [(QueueSort, "queueSort"), (Bind, "bind")] {
        if names(point).is_empty() {
            report.say("E0502", &path, missing(what), None);
        }
    }
    for (first, second) in [(PreFilter, Filter), (PreScore, Score)] {
        let lists = [&at(first)[..], &at(second)[..]];
        one_with_the_other([first, second], plugins, lists, &path, report);
    }
    if !names(Filter).contains(&"NodeResourcesFit") {
        let message = "`NodeResourcesFit` is off at `filter`: nodes would be over-committed";
        let help = "a kubelet sends such pods away (OutOfcpu), which is not simulated";
        report.say("E0502", &path, message.into(), Some(help.into()));
    }
    if !names(PreEnqueue).contains(&"SchedulingGates") {
        report.not_simulated(&path, "SchedulingGates is off; gates hold pods back all the same");
    }
    // kube-scheduler: framework/runtime/framework.go getScoreWeights
    let scores = at(Score).into_iter().map(|(name, weight)| (name, weight.max(1)));
    Switched {
        filters: names(Filter),
        scores: scores.collect(),
        preempts: names(PostFilter).contains(&"DefaultPreemption"),
    }
}

/// A plugin that is on, with the weight that was written.
type On = (&'static str, i64);

/// What is said at `multiPoint`, merged with the default plugins.
// kube-scheduler: apis/config/v1/default_plugins.go mergePluginSet
fn merge(custom: &PluginSet) -> Vec<On> {
    let mut left: Vec<&Plugin> = custom.enabled.iter().collect();
    let mut merged = Vec::new();
    for (name, weight, _) in KNOWN.iter().filter(|(name, ..)| !is_off(custom, name)) {
        // One that is configured again keeps its place in the order.
        let again = left.iter().position(|plugin| plugin.name == *name);
        let again = again.map(|index| left.remove(index));
        merged.push((*name, again.map_or(*weight, weight_of)));
    }
    merged.extend(left.into_iter().filter_map(on));
    merged
}

/// The plugins of one point, in order.
// kube-scheduler: framework/runtime/framework.go expandMultiPointPlugins
fn lay_out(point: Point, own: &PluginSet, multi: &[On]) -> Vec<On> {
    let mut own_list: Vec<On> = own.enabled.iter().filter_map(on).collect();
    if own.disabled.iter().any(|plugin| plugin.name == "*") {
        return own_list;
    }
    let can_be_here = |name: &str| known(name).is_some_and(|(.., points)| points.contains(&point));
    let from_multi = multi.iter().filter(|(name, _)| can_be_here(name) && !is_off(own, name));
    let (again, others): (Vec<On>, Vec<On>) =
        from_multi.partition(|(name, _)| own_list.iter().any(|(own, _)| own == name));
    // First what is said both here and there, then what is said there, then what is said here.
    let first: Vec<On> =
        own_list.extract_if(.., |(name, _)| again.iter().any(|(again, _)| again == name)).collect();
    [first, others, own_list].concat()
}

fn on(plugin: &Plugin) -> Option<On> {
    known(&plugin.name).map(|(name, ..)| (*name, weight_of(plugin)))
}

fn weight_of(plugin: &Plugin) -> i64 {
    plugin.weight.unwrap_or(0)
}

fn is_off(set: &PluginSet, name: &str) -> bool {
    set.disabled.iter().any(|plugin| plugin.name == "*" || plugin.name == name)
}

/// What is said at a point, and under which name.
fn set(plugins: &Plugins, point: Point) -> (&PluginSet, &'static str) {
    match point {
        PreEnqueue => (&plugins.pre_enqueue, "preEnqueue"),
        QueueSort => (&plugins.queue_sort, "queueSort"),
        PreFilter => (&plugins.pre_filter, "preFilter"),
        Filter => (&plugins.filter, "filter"),
        PostFilter => (&plugins.post_filter, "postFilter"),
        PreScore => (&plugins.pre_score, "preScore"),
        Score => (&plugins.score, "score"),
        Reserve => (&plugins.reserve, "reserve"),
        Permit => (&plugins.permit, "permit"),
        PreBind => (&plugins.pre_bind, "preBind"),
        Bind => (&plugins.bind, "bind"),
        PostBind => (&plugins.post_bind, "postBind"),
    }
}

/// Says which names are no plugins, not at this point, or there twice.
fn check_names(plugins: &Plugins, path: &[Step], report: &mut Report<'_>) {
    let single = POINTS.map(|point| (Some(point), set(plugins, point)));
    let multi = [(None, (&plugins.multi_point, "multiPoint"))];
    for (point, (set, field)) in single.into_iter().chain(multi) {
        let place = |list: &str, index: usize| {
            let mut path = path.to_vec();
            path.extend([field.into(), list.into(), index.into(), "name".into()]);
            path
        };
        let mut names = BTreeSet::new();
        for (index, plugin) in set.enabled.iter().enumerate() {
            let (name, path) = (plugin.name.as_str(), place("enabled", index));
            if !must_be_known(name, &path, report) {
                continue;
            }
            if !names.insert(name) {
                let message = format!("`{name}` is on twice at `{field}`");
                report.say("E0502", &path, message, None);
            }
            let (.., points) = known(name).expect("that was just checked");
            if point.is_some_and(|point| !points.contains(&point)) {
                let message = format!("`{name}` has nothing to do at `{field}`");
                let listed = points.iter().map(|point| self::set(plugins, *point).1);
                let help = format!("it can be at {}", listed.collect::<Vec<_>>().join(", "));
                report.say("E0502", &path, message, Some(help));
            }
        }
        for (index, plugin) in set.disabled.iter().enumerate() {
            if plugin.name != "*" && known(&plugin.name).is_none() {
                let message = format!("there is no plugin `{}` to switch off", plugin.name);
                report.say("W0004", &place("disabled", index), message, None);
            }
        }
    }
}

/// Two points that are one to the simulation: a plugin must be at both or at neither.
fn one_with_the_other(
    points: [Point; 2],
    plugins: &Plugins,
    lists: [&[On]; 2],
    path: &[Step],
    report: &mut Report<'_>,
) {
    let [first, second] = points.map(|point| set(plugins, point).1);
    let both = |at: &[Point]| points.iter().all(|point| at.contains(point));
    for (name, ..) in KNOWN.iter().filter(|(.., at)| both(at)) {
        let [here, there] = lists.map(|list| list.iter().any(|(on, _)| on == name));
        if here != there {
            let (on, off) = if here { (first, second) } else { (second, first) };
            let message = format!("`{name}` is on at `{on}` and off at `{off}`");
            let help = "kube-scheduler's plugins do not work by halves: switch it at both";
            report.say("E0502", path, message, Some(help.into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::scheduler::plugins::IN_TREE;

    fn plugins(json: &str) -> Plugins {
        serde_json::from_str(json).expect("plugins")
    }

    fn at(point: Point, json: &str) -> Vec<On> {
        let plugins = plugins(json);
        lay_out(point, set(&plugins, point).0, &merge(&plugins.multi_point))
    }

    fn names(list: &[On]) -> Vec<&'static str> {
        list.iter().map(|(name, _)| *name).collect()
    }

    /// The simulator knows the same plugins in the same order, with the same weights.
    #[test]
    fn what_is_simulated_is_known() {
        let mut known = KNOWN.iter().map(|(name, weight, points)| (*name, *weight, *points));
        for plugin in IN_TREE {
            let found = known.find(|(name, ..)| *name == plugin.name);
            let (_, weight, points) = found.unwrap_or_else(|| panic!("{}: order", plugin.name));
            assert_eq!(weight, plugin.weight, "{}", plugin.name);
            let (filter, scorer) = (plugin.build)(&sim::scheduler::plugins::Args::default());
            assert!(filter.is_none() || points.contains(&Filter), "{}", plugin.name);
            assert!(scorer.is_none() || points.contains(&Score), "{}", plugin.name);
        }
    }

    #[test]
    fn nothing_said_is_the_default_profile() {
        let scores = at(Score, "{}");
        let weighed: Vec<_> = scores.iter().filter(|(_, weight)| *weight > 0).copied().collect();
        assert_eq!(
            weighed,
            [
                ("TaintToleration", 3),
                ("NodeAffinity", 2),
                ("NodeResourcesFit", 1),
                ("PodTopologySpread", 2),
                ("InterPodAffinity", 2),
                ("DynamicResources", 2),
                ("NodeResourcesBalancedAllocation", 1),
                ("ImageLocality", 1)
            ]
        );
    }

    #[test]
    fn a_plugin_that_is_said_again_keeps_its_place_and_gets_its_weight() {
        let json = r#"{"multiPoint": {"enabled": [{"name": "ImageLocality", "weight": 7},
            {"name": "NodeAffinity", "weight": 5}]}}"#;
        let scores = at(Score, json);
        assert_eq!(scores[1], ("NodeAffinity", 5));
        assert_eq!(scores.last(), Some(&("ImageLocality", 7)));
    }

    #[test]
    fn a_star_switches_all_default_plugins_off() {
        let json = r#"{"multiPoint": {"disabled": [{"name": "*"}],
            "enabled": [{"name": "NodeResourcesFit"}, {"name": "NodeName"}]}}"#;
        assert_eq!(names(&at(Filter, json)), ["NodeResourcesFit", "NodeName"]);
        let json = r#"{"score": {"disabled": [{"name": "*"}],
            "enabled": [{"name": "NodeResourcesFit", "weight": 9}]}}"#;
        assert_eq!(at(Score, json), [("NodeResourcesFit", 9)]);
        assert!(names(&at(Filter, json)).contains(&"TaintToleration"), "only scores are off");
    }

    /// What is said at a point and at multiPoint comes first, then the rest of multiPoint, then
    /// the rest of the point.
    #[test]
    fn a_single_point_has_the_last_word() {
        let json = r#"{"multiPoint": {"disabled": [{"name": "NodeName"}]},
            "filter": {"enabled": [{"name": "NodeName"}, {"name": "NodePorts"}],
                       "disabled": [{"name": "NodeAffinity"}]}}"#;
        let filters = names(&at(Filter, json));
        assert_eq!(filters[..3], ["NodePorts", "NodeUnschedulable", "TaintToleration"]);
        assert_eq!(filters.last(), Some(&"NodeName"));
        assert!(!filters.contains(&"NodeAffinity"));
    }
}
