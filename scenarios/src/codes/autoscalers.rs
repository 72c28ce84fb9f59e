//! The codes of autoscalers of nodes: pools, NodePools and flags that cannot be meant.

use super::Code;

pub(super) const KEEPER: Code = Code {
    id: "E1201",
    title: "a pool does not fit who keeps it",
    why: "A pool is of a fixed size, or an autoscaler decides how many nodes it has. What says how it goes \
          back to its size means nothing for the one, and what bounds demand nothing for the other.",
    example: "pools:\n  - {name: a, count: 1, capacityType: spot, instanceTypes: [m6i.large], maxSize: 9}",
    fix: "Take the field out, or change who keeps the pool: `autoscaler: karpenter`, or `autoscaler: none` \
          in the pool.",
};

pub(super) const POOL: Code = Code {
    id: "E1202",
    title: "a pool that follows demand cannot be like that",
    why: "A minimum is above the maximum, a requirement compares with nothing, or no instance type meets \
          all requirements, so that nothing could ever be launched.",
    example: "autoscaler: karpenter\npools:\n  - name: a\n    requirements: {kubernetes.io/arch: mips}",
    fix: "Correct what the message shows.",
};

pub(super) const BUDGET: Code = Code {
    id: "E1203",
    title: "a disruption budget is not one",
    why: "It allows a number of nodes or a share of them, always or for a duration from the times of a \
          schedule on. One that cannot be read would let no node go.",
    example: "autoscaler: karpenter\npools:\n  - name: a\n    disruption:\n      budgets: [{nodes: 10%, \
              schedule: \"61 9 * * *\", duration: 8h}]",
    fix: "Correct what the message shows; schedules have five fields and are in UTC.",
};

pub(super) const FLAG: Code = Code {
    id: "E1204",
    title: "a flag of the Cluster Autoscaler is not one",
    why: "It is of another version, or has a value that the program would refuse. Flags are those of 1.36.",
    example: "autoscaler: {clusterAutoscaler: {expander: cheapest}}",
    fix: "Take one of those that the message lists.",
};
