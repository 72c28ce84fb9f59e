//! The figures that a run prints, and what each of them means, for `spotsim explain`.
//!
//! Definitions in full, with their edges, are in `docs/model.md`.

use sim::terms::metrics::{METRICS, Metric};

use crate::folds::declared::declarations;

/// A figure, by the label that is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Figure {
    /// The label.
    pub label: &'static str,
    /// Other labels of the same.
    pub also: &'static [&'static str],
    /// What it is.
    pub means: &'static str,
}

const fn figure(label: &'static str, also: &'static [&'static str], means: &'static str) -> Figure {
    Figure { label, also, means }
}

/// All figures, in the order in which they are printed.
pub const FIGURES: &[Figure] = &[
    figure(
        "on-demand",
        &["on-demand plan"],
        "the same workload on the same number of nodes, all of them \
        bought on-demand, which no provider takes back: what the plan is compared with",
    ),
    figure("proposed", &[], "the scenario as it is written"),
    figure(
        "change",
        &[],
        "how the proposed plan differs from the on-demand plan, and the 95 % interval of \
        the proposed figure's mean: where the mean of infinitely many simulated weeks is, not what a \
        single week brings",
    ),
    figure(
        "cost /month",
        &["cost"],
        "what is paid in the window, on average over replications, for 730 \
        hours: instances by the second as their provider bills them, unused commitments, and what is paid \
        beside instances where the scenario states it",
    ),
    figure(
        "slack /mo",
        &["Container", "slack", "CPU request", "memory request", "risk, evictions"],
        "what all pods of a workload request for a container beyond what its VerticalPodAutoscaler recommends \
        at the end, at what the cluster pays for what its \
        nodes offer, CPU and memory weighed as in the cost of workloads; negative where they request too \
        little. A bound on what could be saved: as long as no node goes away, nothing is. The risk beside it \
        is high where memory was out (OOM kills a week), medium where limits keep CPU from its pods for 1 % \
        of the time or more, and else low; evictions are those that its autoscaler makes a day",
    ),
    figure(
        "instead of today's",
        &["today"],
        "the cost of the cluster as it stands, spot nodes included, \
        and that of the proposal beside it",
    ),
    figure(
        "of it idle",
        &["idle"],
        "the part of the cost that no pod's request accounts for: of each \
        node's price, the share of CPU and memory that nothing requests",
    ),
    figure(
        "of it unused commitments",
        &["unused commitments"],
        "what Savings Plans, reserved instances \
        or committed use cost in hours in which no instance was there to be covered",
    ),
    figure(
        "of it beside instances",
        &["beside instances", "besides"],
        "the control plane, boot volumes \
        and persistent volumes, as far as the scenario or the catalogue prices them",
    ),
    figure(
        "nodes mean / peak",
        &["nodes"],
        "instances that are billed, on average over time, and the \
        most at any moment of any replication",
    ),
    figure(
        "short, node h /day",
        &["node-hours short", "capacity not delivered"],
        "instance-hours a day by which pools are below their sizes: capacity that is neither \
         delivered nor paid, so that a saving with many of them is of less",
    ),
    figure(
        "reclaims /day",
        &["taken/day", "reclaims"],
        "instances that the provider takes back, with or \
        without notice; those that a pool gives back itself do not count",
    ),
    figure(
        "pods disrupted /day",
        &["pods/day", "disrupted"],
        "pods that end although neither their \
        work nor their owner ended them, because their node is taken, drained or full; pods of \
        DaemonSets do not count. Each is clean, cut short or killed without warning",
    ),
    figure("clean", &[], "disrupted pods that terminated in the time that they need"),
    figure(
        "cut short",
        &[],
        "disrupted pods that were terminating and killed before they had stopped: by the end \
        of their node, by its shutdown, or by their own grace period",
    ),
    figure(
        "killed without warning",
        &["killed"],
        "disrupted pods that ended without being asked to terminate, \
        since their node was gone at once",
    ),
    figure(
        "cut or killed",
        &["cut or killed/day", "harsh", "cut short or killed"],
        "disrupted pods that \
        were cut short or killed without warning, per day: all that were not clean",
    ),
    figure(
        "fallbacks /day",
        &["fallbacks"],
        "launches of on-demand instances by spot pools that may make \
        do with them where there is no spot capacity",
    ),
    figure(
        "and back to spot",
        &["back to spot"],
        "spot instances launched to take the place of such \
        on-demand ones, once there is capacity again",
    ),
    figure(
        "past a budget, pods /day",
        &["past a budget"],
        "disruptions beyond what a PodDisruptionBudget \
        allowed: losses ask no budget",
    ),
    figure(
        "budgets short, min /day",
        &["budgets short"],
        "minutes in which a PodDisruptionBudget had \
        fewer healthy pods than it demands, summed over budgets",
    ),
    figure(
        "stranded, pod min /day",
        &["stranded"],
        "minutes for which pods wait because their disk is in \
        a zone or on a node that has no room for them",
    ),
    figure(
        "waiting for disks",
        &[],
        "minutes for which bound pods wait until their disks are detached \
        elsewhere and attached",
    ),
    figure(
        "data lost, pods /day",
        &["data lost"],
        "pods that kept data on a node which was taken or given back; below it, the workloads that lose most",
    ),
    figure(
        "bare pods lost",
        &[],
        "pods without a controller that end with their node, per replication: \
        nothing makes them again",
    ),
    figure(
        "pending p50 / p95 / max",
        &["pending"],
        "how long pods wait from their creation until they are \
        bound to a node: the median and the 95th percentile of all pods of a replication, averaged over \
        replications, and the longest of all. `>` marks a wait that has not ended",
    ),
    figure(
        "started p50 / p95 / max",
        &["started"],
        "how long bound pods take until they are ready: disks, \
        images, and what their containers need",
    ),
    figure(
        "replaced p50 / p95 / max",
        &["replaced"],
        "how long it takes from the notice, or from the loss \
        without one, until a ready pod stands in for a disrupted one",
    ),
    figure(
        "most nodes taken in 5 min",
        &["worst burst"],
        "the most instances that the provider took within \
        five minutes, of the spot instances that ran then, and in which run that was",
    ),
    figure(
        "cpu / memory requested",
        &["requested"],
        "the share of all nodes' allocatable CPU and memory \
        that pods request, over time",
    ),
    figure(
        "pods completed",
        &[],
        "pods of Jobs that end their work, per replication, and the share of the \
        on-demand plan's work that is done",
    ),
    figure(
        "lost work, pod-h /day",
        &["lost work", "lost work, $ /month"],
        "work that is done again: since \
        the last checkpoint, or since the start, when a pod of a Job is disrupted; in dollars, what the \
        requests of those hours cost",
    ),
    figure(
        "checkpoints, pod-h /day",
        &["checkpoints"],
        "time that pods spend on saving their progress, also when they are cut short in it",
    ),
    figure(
        "waiting, pod-h /day",
        &["waiting"],
        "time in which pods of a gang are ready and others of it are not, or shut down",
    ),
    figure(
        "longest makespan",
        &["makespan"],
        "from the creation of a Job to its completion, for the Job \
        with the longest mean",
    ),
    figure(
        "jobs failed",
        &[],
        "Jobs that give up: their back-off limit or their deadline is reached",
    ),
    figure(
        "jobs never made",
        &[],
        "runs that a CronJob leaves out, because one is still active or it is \
        too late to start",
    ),
    figure(
        "jobs late",
        &[],
        "Jobs that are done after the deadline that the scenario states, not done when it passes, or failed",
    ),
    figure(
        "least availability",
        &["availability"],
        "for the least available workload that runs whole: the share of time in which it has the \
         replicas that are required of it",
    ),
    figure("in its worst run", &["worst run"], "the same in the replication in which it is least"),
    figure(
        "rolled out p50 / p95 / max",
        &["rolled out", "rollouts"],
        "from the begin of a rollout until every pod that is to be of the new template is available; \
         with `>` where one did not end. Median, 95th percentile and longest",
    ),
    figure(
        "unavailable, pod min",
        &["unavailable"],
        "minutes for which replicas were wanted and not available while rollouts of their workloads \
         went on, added up over replicas, of one run",
    ),
    figure(
        "hit the worst",
        &[],
        "the workloads that suffer most: those with most pods cut short or \
        killed first, and then those with most pods disrupted",
    ),
    figure("by", &[], "the instance types and zones whose reclaims do most harm"),
    figure(
        "needs",
        &[],
        "how long a pod of the workload takes to stop: its whole grace period, unless the scenario or an annotation says less",
    ),
    figure(
        "grace",
        &["grace period"],
        "terminationGracePeriodSeconds: how long a pod may take to stop",
    ),
    figure(
        "notice",
        &[],
        "the shortest notice that a node gave on which a pod of the workload ended",
    ),
    figure(
        "refused",
        &["launches refused"],
        "launches that the provider refuses for want of capacity, \
        per day",
    ),
    figure(
        "saving",
        &["saving against the same workload on on-demand"],
        "what the on-demand plan costs, \
        less what the proposed one does, replication by replication at the same random numbers",
    ),
    figure(
        "saving against the same nodes at on-demand prices",
        &["same nodes"],
        "what the very instances \
        of the proposed plan cost at on-demand prices, less what they cost",
    ),
    figure(
        "discount on spot time",
        &["discount"],
        "what spot instances cost less, in percent, than the \
        same hours at on-demand prices",
    ),
    figure(
        "at the rates",
        &["sensitivity", "×1", "×10", "×30", "×100"],
        "the same plan with reclaims so \
        many times as frequent as the published or stated rates: how often they really are is known to \
        an order of magnitude at best",
    ),
    figure(
        "single weeks",
        &["spread"],
        "how far single replications are apart: the 5th to the 95th \
        percentile over them",
    ),
    figure(
        "never placed",
        &["waiting at the end"],
        "pods that no node takes, and what the scheduler says",
    ),
    figure(
        "CPU / memory used",
        &["cpu used", "memory used"],
        "the part of what ready nodes offer that containers use, a mean over time",
    ),
    figure(
        "unserved requests",
        &["requests /day"],
        "requests of a workload's load that its ready replicas could not serve, a day and as a part \
        of all",
    ),
    figure(
        "OOM kills /week",
        &["oom kills"],
        "containers that the kernel killed, because they or their node were out of memory",
    ),
    figure(
        "restarts /week",
        &["restarts"],
        "containers that the kubelet started again, after the back-off where they had failed before",
    ),
    figure(
        "pressure evictions /week",
        &["pressure evictions"],
        "pods that the kubelet evicted because its node was short of memory",
    ),
    figure(
        "CPU throttled / contended",
        &["cpu throttled", "cpu contended"],
        "of the CPU that pods would use, what their limits denied them, and what a full node did not \
        have",
    ),
    figure(
        "arrive /day",
        &["arrivals"],
        "Jobs and bare pods that a generator lets arrive, alike on every plan",
    ),
    figure("pods arrived /day", &[], "pods that arrived, with all that a Job runs"),
    figure("pod-h /day", &[], "for how long the pods that arrived are to run, together"),
    figure(
        "requested/mo",
        &[],
        "in a back-test of requests: what a recommender would have requested, at the stated prices of a \
        core and a GiB, for 730 hours",
    ),
    figure(
        "unused/mo",
        &[],
        "in a back-test of requests: the part of what would have been requested that was not used, \
        likewise",
    ),
    figure(
        "CPU short",
        &[],
        "in a back-test of requests: for how much of the time CPU was above its request, where it has to \
        contend with the rest of its node",
    ),
    figure(
        "throttled",
        &[],
        "in a back-test of requests: for how much of the time CPU was above its limit",
    ),
    figure(
        "changes",
        &[],
        "in a back-test of requests: how often a recommendation took the place of another one; each \
        evicts the pods of its container, or resizes them",
    ),
    figure(
        "core-h unused",
        &["gib-h unused"],
        "in a back-test of requests: requested less used, over the time that was judged",
    ),
    figure(
        "core-h above",
        &["gib-h above"],
        "in a back-test of requests: used beyond the request, over the time that was judged",
    ),
    figure(
        "Node autoscaling",
        &[],
        "what a program that buys nodes launches and removes, why, and what that is worth",
    ),
    figure(
        "provisionable pods",
        &[
            "replacements of disrupted nodes",
            "desired capacity",
            "TriggeredScaleUp",
            "ScaleDown",
            "ScaleDownEmpty",
            "Expired",
        ],
        "why a program launches or removes a node, in its own words: pods that find no node, nodes that take \
        the place of others, a target size that the provider keeps; nodes whose pods fit elsewhere, without \
        pods, or too old",
    ),
    figure(
        "Churn /day",
        &[],
        "nodes launched in percent of those that are there on average: how much of the cluster is new each day",
    ),
    figure(
        "Consolidations /day",
        &[],
        "decisions of a program by which nodes go whose pods fit elsewhere, or on something cheaper, once the \
        last of their nodes is gone",
    ),
    figure("nodes of each", &[], "how many nodes a consolidation removes, on average"),
    figure(
        "saved by each, $ /h",
        &[],
        "what an hour of the nodes that a consolidation removes costs when it is decided, less an hour of \
        those that are launched in their place",
    ),
    figure(
        "pods moved by each",
        &[],
        "pods, but for those of DaemonSets, that have to leave their nodes for a consolidation",
    ),
    figure(
        "CPU requested before / after",
        &[],
        "the share of all nodes' CPU that pods request when a consolidation is decided, and when the last of \
        its nodes is gone",
    ),
    figure(
        "Tails",
        &["worst 5 %"],
        "how bad a figure gets: its mean, the mean of the worst 5 % of runs, of 20 or more, and the worst run",
    ),
    figure(
        "core-h cut",
        &[],
        "in a back-test of requests: CPU beyond the limit, which throttling denies",
    ),
];

/// Every figure: those above, and those that folds declare.
pub fn all() -> impl Iterator<Item = Figure> {
    let declared = declarations().map(|it| figure(it.label, it.also, it.means));
    FIGURES.iter().copied().chain(declared)
}

/// The figure of this label, however it is written.
#[must_use]
pub fn named(label: &str) -> Option<Figure> {
    let wanted = plain(label);
    let is = |figure: &Figure| {
        plain(figure.label) == wanted || figure.also.iter().any(|also| plain(also) == wanted)
    };
    let metric = || Metric::named(label).map(|it| figure(it.key, it.also, it.means));
    let labelled = || {
        let metric = METRICS.iter().find(|it| plain(it.label) == wanted);
        metric.map(|it| figure(it.label, it.also, it.means))
    };
    let found = metric().or_else(|| all().find(is).filter(|_| !wanted.is_empty()));
    // A figure of one workload: `Unserved requests, default/shop` or `Availability default/shop`.
    let of_workload = || {
        let apart = || label.rsplit_once(' ').filter(|(_, last)| is_workload(last));
        let figure = label.rsplit_once(", ").or_else(apart);
        figure.and_then(|(figure, _)| named(figure))
    };
    found.or_else(labelled).or_else(of_workload)
}

/// Whether a word names a workload, with its namespace.
fn is_workload(word: &str) -> bool {
    let parts = word.split_once('/');
    parts.is_some_and(|(namespace, name)| !namespace.is_empty() && !name.is_empty())
}

/// A label without capitals, signs and the unit of time that it is per.
fn plain(label: &str) -> String {
    let words = label.split(|c: char| !c.is_alphanumeric() && c != '×' && c != '$');
    let words = words.filter(|word| !word.is_empty()).map(str::to_lowercase);
    let words: Vec<String> = words.collect();
    let per = matches!(words.last().map(String::as_str), Some("day" | "week" | "month"));
    words[..words.len() - usize::from(per && words.len() > 1)].join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_found_by_any_of_its_labels() {
        let label = |name: &str| named(name).map(|figure| figure.label);
        assert_eq!(label("harsh"), Some("cut or killed"));
        assert_eq!(label("Pods disrupted /day"), Some("pods disrupted /day"));
        assert_eq!(label("reclaims"), Some("reclaims /day"));
        assert_eq!(label("weather"), None);
        assert_eq!(label("/"), None);
    }

    #[test]
    fn no_label_means_two_things() {
        let mut seen = std::collections::BTreeSet::new();
        for figure in all() {
            for label in std::iter::once(&figure.label).chain(figure.also) {
                let own = plain(figure.label) == plain(label) && *label != figure.label;
                assert!(own || seen.insert(plain(label)), "{label}");
            }
        }
    }
}
