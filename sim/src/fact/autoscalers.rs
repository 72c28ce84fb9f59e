//! Facts about autoscalers of nodes: what they decide, with the reason in the program's own words.

macro_rules! of_autoscalers {
    ($next:ident! { $($inner:tt)* } $($before:tt)*) => { $next! { $($inner)* $($before)*

    /// An autoscaler wants another instance for a pool: a launch follows, or a refusal of the provider.
    LaunchDecided = 120 {
        pool: PoolId,
        /// For how many pods, as far as it knows.
        pods: u32,
        /// Among how many offerings the provider may choose.
        choices: u32,
        /// Why, in the program's words.
        reason: &'static str,
    }
    digest [pool; pods, choices; reason]
    columns { pool: pool, pods: pods, choices: choices, reason: reason }
    says [
        pool, " is to have another node for ", pods, if pods == 1 { " pod" } else { " pods" },
        ", one of ", choices, if choices == 1 { " offering: " } else { " offerings: " }, reason
    ]

    /// An autoscaler wants a node removed.
    RemovalDecided = 121 {
        node: NodeId,
        /// Why, in the program's words.
        reason: &'static str,
        /// How many nodes are launched in its place.
        replacements: u32,
        /// Which decision this is part of, from 0: one may remove several nodes.
        decision: u32,
    }
    digest [node; reason; replacements, decision]
    columns { node: node, reason: reason, replacements: replacements, decision: decision }
    says [
        node, " is to be removed: ", reason,
        if replacements == 0 { "" } else { ", once others have taken its place" }
    ]

    /// An autoscaler that looked whether to remove a node leaves it: a fact whenever the reason changes.
    RemovalRefused = 122 {
        node: NodeId,
        /// Why, in the program's words.
        reason: &'static str,
        /// The pod that is in the way, if one is.
        pod: Option<PodId>,
        /// The PodDisruptionBudget that is, if one is.
        budget: Option<BudgetId>,
        /// When it looks again at the earliest, if it knows.
        until: Option<SimTime>,
    }
    digest [
        node; reason; pod.map_or(u32::MAX, PodId::number), budget.map_or(u32::MAX, BudgetId::number);
        until.map_or(u64::MAX, SimTime::as_ms)
    ]
    columns { node: node, reason: reason, pod: pod, budget: budget, untilMs: until }
    says [
        node, " stays: ", reason, if pod.is_some() { ", pod " } else { "" }, pod,
        if budget.is_some() { ", budget " } else { "" }, budget,
        if until.is_some() { ", until " } else { "" }, until
    ]

    /// A removal that an autoscaler had decided comes to nothing, and the node takes pods again.
    RemovalCancelled = 123 {
        node: NodeId,
        /// Why, in the program's words.
        reason: &'static str,
    }
    digest [node; reason]
    columns { node: node, reason: reason }
    says [node, " stays after all: ", reason]

    /// An instance that an autoscaler bought is gone, and no pod but of DaemonSets was ever on it.
    LaunchWasted = 124 {
        node: NodeId,
        pool: PoolId,
        /// How long it was paid for.
        lived: Span,
    }
    digest [node; pool; lived]
    columns { node: node, pool: pool, livedMs: lived }
    says [node, " was of no use for ", lived]

    } };
}

pub(super) use of_autoscalers;
