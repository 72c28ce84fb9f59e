//! The codes of diagnostics: what each means, why it is one, an example that gives it, and what to
//! do. `spotsim explain` prints them; a test runs every example.

mod admission;
mod autoscalers;

use crate::code::Code;
use crate::lint;

/// The code of this name.
#[must_use]
pub fn named(id: &str) -> Option<&'static Code> {
    all().find(|code| code.id.eq_ignore_ascii_case(id))
}

/// Every code there is, those of the review last.
pub fn all() -> impl Iterator<Item = &'static Code> {
    CODES.iter().chain(lint::RULES.iter().map(|rule| &rule.code))
}

/// Every code, in order.
pub static CODES: &[Code] = &[
    Code {
        id: "E0001",
        title: "a file cannot be read",
        why: "The scenario, or a file that it names, is not there or may not be read. Paths in a \
              scenario are relative to the scenario.",
        example: "manifests: [no-such-file.yaml]",
        fix: "Correct the path.",
    },
    Code {
        id: "E0002",
        title: "the text is not YAML or JSON",
        why: "A bracket is not closed, an indentation does not fit, or a key is there twice.",
        example: "pools: [",
        fix: "Look at the place that is shown and at the lines above it.",
    },
    Code {
        id: "E0003",
        title: "the file has no content, or more than one document",
        why: "A scenario is one YAML document.",
        example: "name: one\n---\nname: two",
        fix: "Put each scenario into a file of its own; objects belong into `manifests`.",
    },
    Code {
        id: "E0004",
        title: "there is more of something than is read",
        why: "A file, a list or a name is larger than the limits of docs/limits.md, which are far above \
              what people have and below what would take the memory of a machine.",
        example: "name: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n\
                  c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n\
                  d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n\
                  e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n\
                  f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]",
        fix: "See docs/limits.md for each limit and what lifts it.",
    },
    Code {
        id: "E0101",
        title: "a value has the wrong type",
        why: "A text stands where a number is wanted, one value where a list is wanted, or the \
              like. Nothing is converted silently.",
        example: "seed: many",
        fix: "See `spotsim explain FIELD` for what the field takes.",
    },
    Code {
        id: "E0102",
        title: "a value is none of those that are allowed",
        why: "The field takes one of a few words.",
        example: "provider: amazon",
        fix: "Take one of the words that the message lists.",
    },
    Code {
        id: "E0103",
        title: "a number is out of range",
        why: "A chance lies between 0 and 1, a count is not negative, and so on.",
        example: "market: {reclaims: {missedNotices: 2}}",
        fix: "Keep to the range in the message.",
    },
    Code {
        id: "E0104",
        title: "a text does not have the form it must have",
        why: "Durations are written like `90s`, `2h30m` or `7d`, amounts as Kubernetes writes \
              quantities: `500m`, `1.5Gi`.",
        example: "horizon: a week",
        fix: "Write it in that form.",
    },
    Code {
        id: "E0106",
        title: "a required field is missing",
        why: "It has no default that would be right for many.",
        example: "pools:\n  - name: base\n    capacityType: spot\n    instanceTypes: [m6i.large]",
        fix: "Add the field; `spotsim explain FIELD` says what it means.",
    },
    Code {
        id: "E0107",
        title: "a field is not known",
        why: "An unknown field is nearly always a misspelt one, and would change nothing.",
        example: "horizn: 1d",
        fix: "Take the name that is suggested, or see `spotsim explain` for those there are.",
    },
    Code {
        id: "E0201",
        title: "an instance type is not in the catalogue",
        why: "Without its size and price a node cannot be simulated, and neither is guessed.",
        example: "pools:\n  - name: base\n    count: 1\n    capacityType: on-demand\n    \
                  instanceTypes: [m6i.lrage]",
        fix: "See `spotsim catalogue` for the types there are, or describe the type in place: \
              name, cpu, memory, onDemandPrice, spotPrice.",
    },
    Code {
        id: "E0202",
        title: "an instance type has no spot price",
        why: "No source for it was found, and a price is never guessed.",
        example: "pools:\n  - name: spot\n    count: 1\n    capacityType: spot\n    \
                  instanceTypes: [c8i.large]",
        fix: "Choose another type (`spotsim catalogue spot=0..`), or give the price: \
              `{name: c8i.large, spotPrice: 0.04}`.",
    },
    Code {
        id: "E0203",
        title: "a name is used twice",
        why: "Names tell pools and workloads apart in every report.",
        example: "workloads:\n  - name: web\n    template: {containers: [{name: app}]}\n  \
                  - name: web\n    template: {containers: [{name: app}]}",
        fix: "Rename one of them, or put one into another namespace.",
    },
    Code {
        id: "E0204",
        title: "the parts of a scenario do not fit together",
        why: "Each part is well-formed, but not beside the others: a warm-up that is as long as \
              the horizon leaves nothing to measure.",
        example: "warmUp: 8d",
        fix: "Change one of the two.",
    },
    Code {
        id: "E0206",
        title: "an instance type is described in two ways",
        why: "Pools that buy the same type buy the same thing: one size, one price, one rate of \
              reclaims. Which of two should hold for the other pool cannot be guessed.",
        example: "pools:\n  - {name: a, count: 1, capacityType: spot, instanceTypes: [m6i.large]}\n  \
                  - name: b\n    count: 1\n    capacityType: spot\n    \
                  instanceTypes: [{name: m6i.large, spotPrice: 0.05}]",
        fix: "Give both the same figures, or give one of them another name and describe it whole.",
    },
    Code {
        id: "E0207",
        title: "critical pods get more than the whole shutdown",
        why: "A kubelet that shuts its node down keeps the last part of the time for critical pods. \
              A part is not longer than the whole; the kubelet would not start.",
        example: "interruption:\n  drainedBy: kubelet\n  shutdownGracePeriod: 30s\n  \
                  shutdownGracePeriodCriticalPods: 60s",
        fix: "Make `shutdownGracePeriodCriticalPods` at most `shutdownGracePeriod`. What is not \
              given is the provider's: `spotsim explain gcp-shutdown`.",
    },
    Code {
        id: "E0208",
        title: "a pool is to replace what is never taken",
        why: "On-demand nodes are not taken, so there is nothing to fall back from; and only AWS says \
              that a node is at risk before it gives notice.",
        example: "pools:\n  - name: a\n    count: 1\n    capacityType: on-demand\n    \
                  instanceTypes: [m6i.large]\n    fallback: {after: 5m}",
        fix: "Leave the field out, or write what the message suggests.",
    },
    admission::FIELD_OF_ANOTHER_KIND,
    admission::NAME_OF_OURS,
    admission::ZONE,
    Code {
        id: "E0212",
        title: "the simulation would take more memory or time than is likely to be meant",
        why: "A number with a few zeros too many fills the memory or runs for days. What a scenario \
              comes to is estimated before it is simulated; above 8 GiB of memory or 12 hours \
              of CPU time it takes consent.",
        example: "workloads:\n  - name: web\n    kind: Deployment\n    replicas: 1000000000\n    \
                  template: {containers: [{name: app}]}",
        fix: "Correct the number that is shown, ask for fewer replications with `-n`, or pass \
              `--large`.",
    },
    Code {
        id: "E0301",
        title: "a Kubernetes object is not well-formed",
        why: "A field that is modelled has a value that Kubernetes would refuse. Fields that are \
              not modelled are counted and listed instead.",
        example: "workloads:\n  - name: web\n    template:\n      containers:\n        \
                  - {name: app, resources: {requests: {cpu: lots}}}",
        fix: "Correct the object; `kubectl apply --dry-run=server` finds the same mistake.",
    },
    Code {
        id: "E0303",
        title: "a pod runs on a node that is not there",
        why: "A dump has pods and nodes of different moments, or no nodes at all, so that it cannot \
              be given how large the pod's node is.",
        example: "cluster: {file: a-pod-without-its-node.json}",
        fix: "Dump both at once: `kubectl get nodes,pods,deploy,rs,sts,ds,jobs,cj,hpa,pdb,pv,pvc,sc,ns,svc,pc,limits,quota -A -o json`.",
    },
    Code {
        id: "E0304",
        title: "a node belongs to no pool",
        why: "A pool says how its nodes are bought, and `matchLabels` which nodes of the cluster \
              are its own. A node without a pool would have no price.",
        example: "cluster: {file: one-node.json}",
        fix: "Give a pool the labels that its nodes have; `spotsim init --from` writes them.",
    },
    Code {
        id: "E0305",
        title: "a node is of a type or in a zone that its pool does not list",
        why: "The price of a node is that of its type in its zone, as its pool buys it.",
        example: "cluster: {file: one-node.json}\npools:\n  \
                  - name: a\n    count: 1\n    capacityType: on-demand\n    \
                  instanceTypes: [m6i.large]\n    matchLabels: {role: web}",
        fix: "Add the type to `instanceTypes` and the zone to `zones` of that pool.",
    },
    Code {
        id: "E0306",
        title: "a container has no image to pull",
        why: "With `imagePulls` the start of every pod takes the time to pull its images. A container \
              without one would start sooner than any real one.",
        example: "imagePulls: {rate: 50Mi, size: 300Mi}\nworkloads:\n  - name: web\n    \
                  template: {containers: [{name: app}]}",
        fix: "Name the image of every container; what is on all nodes already may have the size 0.",
    },
    admission::OBJECT_NAME,
    admission::OBJECT_NUMBER,
    admission::OBJECT_WORD,
    admission::OBJECT_NEEDS,
    admission::OBJECT_CONTRADICTS,
    Code {
        id: "E0401",
        title: "a placement rule does not say one thing",
        why: "A rule says one of `never`, `atLeast`, `atMost`, `apart` and `together`, so that a \
              broken one is one thing to look into; and `In` and `NotIn` compare with values.",
        example: "rules:\n  - {name: db-never-on-spot, podSelector: {}}",
        fix: "Say what is to hold, or make two rules of it.",
    },
    Code {
        id: "E0402",
        title: "a topology key is no label of any node",
        why: "Without the label nodes form no domains, and the rule would hold for want of any.",
        example: "workloads:\n  - name: web\n    template: {containers: [{name: app}]}\n\
                  rules:\n  - {name: apart, apart: {topologyKey: kubernetes.io/hostnam}}",
        fix: "Correct the key, or give the label to a pool (`labels`).",
    },
    Code {
        id: "E0501",
        title: "a scheduler plugin is not known",
        why: "Only the plugins that kube-scheduler 1.36 comes with are simulated. A name that is \
              none of them is nearly always misspelt, or of an older version.",
        example: "scheduler:\n  apiVersion: kubescheduler.config.k8s.io/v1\n  \
                  kind: KubeSchedulerConfiguration\n  profiles:\n    - plugins:\n        \
                  score: {enabled: [{name: ImageLocalty, weight: 5}]}",
        fix: "Take the name that is suggested, or leave the plugin out.",
    },
    Code {
        id: "E0502",
        title: "the plugins of a scheduler profile contradict each other",
        why: "A plugin is on twice, on where it has nothing to do, on by half, or one is off \
              without which nothing is placed.",
        example: "scheduler:\n  apiVersion: kubescheduler.config.k8s.io/v1\n  \
                  kind: KubeSchedulerConfiguration\n  profiles:\n    - plugins:\n        \
                  score: {enabled: [{name: NodePorts}]}",
        fix: "Leave one of the two out, or switch the plugin at `multiPoint`.",
    },
    Code {
        id: "E0503",
        title: "kube-scheduler would refuse its configuration",
        why: "Each value is well-formed, but not beside the others. These are kube-scheduler's own \
              rules: it would not start.",
        example: "scheduler:\n  apiVersion: kubescheduler.config.k8s.io/v1\n  \
                  kind: KubeSchedulerConfiguration\n  podInitialBackoffSeconds: 20",
        fix: "Change the value that is shown, or the one it does not fit to.",
    },
    Code {
        id: "E0601",
        title: "a price history does not have the form it must have",
        why: "A history is CSV with the columns `instance_type,zone,time,usd_per_hour`, or the JSON that \
              `aws ec2 describe-spot-price-history` prints, and all its times are dates or all count \
              from a start.",
        example: "pools:\n  - {name: a, count: 1, capacityType: spot, instanceTypes: [m6i.large]}\n\
                  market: {prices: {model: replay, file: prices-form.csv}}",
        fix: "See docs/market.md for the form, and for how to get a history of your own.",
    },
    Code {
        id: "E0602",
        title: "a price of a history is none",
        why: "A price is a positive number of dollars per hour, and no instance costs more than 10,000 of \
              them.",
        example: "pools:\n  - {name: a, count: 1, capacityType: spot, instanceTypes: [m6i.large]}\n\
                  market: {prices: {model: replay, file: prices-negative.csv}}",
        fix: "Correct the row; prices are in dollars per hour, not in cents or per month.",
    },
    Code {
        id: "E0603",
        title: "time goes backwards in a price history",
        why: "A price holds until the next one, so the rows of an instance type in a zone are in the order \
              of time, one price at a time.",
        example: "pools:\n  - {name: a, count: 1, capacityType: spot, instanceTypes: [m6i.large]}\n\
                  market: {prices: {model: replay, file: prices-backwards.csv}}",
        fix: "Sort the rows by time.",
    },
    Code {
        id: "E0604",
        title: "a price history is empty",
        why: "There is no record of a price in the file, or none of a Linux instance.",
        example: "pools:\n  - {name: a, count: 1, capacityType: spot, instanceTypes: [m6i.large]}\n\
                  market: {prices: {model: replay, file: prices-empty.csv}}",
        fix: "Ask for a longer time, or for other instance types.",
    },
    Code {
        id: "E0605",
        title: "a price history lacks what the scenario buys on spot",
        why: "What an instance type costs in one zone says little of another, and nothing is taken in its \
              place unless that is asked for.",
        example: "pools:\n  - {name: a, count: 1, capacityType: spot, instanceTypes: [m6i.large]}\n\
                  market: {prices: {model: replay, file: prices-elsewhere.csv}}",
        fix: "Get its prices too, leave the zone out, or write `ifMissing: listed-price`.",
    },
    Code {
        id: "E0606",
        title: "a maximum price where there can be none",
        why: "On-demand is bought at list price, and Google Cloud takes no maximum price for spot. \
              AWS and Azure do.",
        example: "pools:\n  - name: a\n    count: 1\n    capacityType: on-demand\n    \
                  instanceTypes: [m6i.large]\n    maxPrice: 0.1",
        fix: "Leave `maxPrice` out.",
    },
    Code {
        id: "E0701",
        title: "a parameter of the reclaims would do nothing",
        why: "It belongs to another model, or is an age that no instance of the provider reaches. A \
              scenario that says more than it does misleads.",
        example: "market: {reclaims: {model: constant, maxAge: 24h}}",
        fix: "Set the model or the age that the message names, or leave the parameter out.",
    },
    Code {
        id: "E0702",
        title: "reclaim rates by age are out of order",
        why: "A rate holds from its age to the next one, and the first from the launch on.",
        example: "market: {reclaims: {model: by-age, rates: [{from: 1h, perHour: 0.1}]}}",
        fix: "Begin with `from: 0s` and let the ages rise.",
    },
    Code {
        id: "E0703",
        title: "an event of the market hits nothing",
        why: "It is about a zone or a type that no spot pool buys, or happens after the end.",
        example: "market: {reclaims: {events: [{at: 2h, zones: [us-east-1x]}]}}",
        fix: "Correct the zone, the type or the time.",
    },
    Code {
        id: "E0704",
        title: "a file is no trace of capacity",
        why: "A trace says how many instances there were from which second on. Times rise, counts \
              are whole, and the first row is at 0 s.",
        example: "market:\n  reclaims:\n    model: replay\n    traces: [{file: trace-backwards.csv, \
                  instanceType: m6i.large, zone: us-east-1a}]",
        fix: "Sort the rows by time, begin at 0 s, and name the columns `t_s` and `count`.",
    },
    Code {
        id: "E0801",
        title: "something cannot arrive, or not so",
        why: "A distribution has parameters that none has, a generator says two processes or none, or \
              more would arrive than can be numbered. Nothing is simulated of it.",
        example: "arrivals:\n  - name: jobs\n    process: {poisson: {perHour: 6}}\n    classes:\n      \
                  - name: job\n        duration: {logNormal: {median: 1h, p95: 5m}}\n        \
                  template: {containers: [{name: job}]}",
        fix: "See docs/load.md for what each process and each distribution takes.",
    },
    Code {
        id: "E0802",
        title: "a file is no trace of arrivals",
        why: "A trace says when each pod arrives, in order, and how long it runs or when it ends. Units \
              follow from its headers; amounts are numbers of 0 or more.",
        example: "arrivals:\n  - name: recorded\n    trace: {file: arrivals-backwards.csv}",
        fix: "Sort the rows by time, and name the columns as docs/load.md does, or with `map`.",
    },
    Code {
        id: "E0803",
        title: "a file is no record of usage",
        why: "A record says when a container used how much: a table with a column of times and one of CPU \
              or memory, or an answer of Prometheus to `query_range`. Times rise, and no amount is \
              negative.",
        example: "workloads:\n  - {name: web, template: {containers: [{name: app}]}}\nusage:\n  \
                  - {workload: web, replay: {file: usage-backwards.csv}}",
        fix: "Sort the rows by time, name the columns or `map` them, and write amounts in one way.",
    },
    Code {
        id: "E0804",
        title: "usage or load is not that of a container, or no curve",
        why: "It names a workload or container that is not there, says nothing, or says what no curve can \
              be.",
        example: "workloads:\n  - {name: web, template: {containers: [{name: app}]}}\nusage:\n  \
                  - {workload: web, container: ap, constant: {cpu: 100m}}",
        fix: "Correct the name or the figure that the message shows.",
    },
    Code {
        id: "E0901",
        title: "a commitment is not one whole commitment",
        why: "It covers nothing, or several things at once, or an amount without a price. What is \
              paid for it cannot be guessed.",
        example: "commitments:\n  - name: base\n    committedUse: {cpu: 16}",
        fix: "Say one of `reservedInstances`, `committedUse` and `savingsPlan`, with its prices.",
    },
    Code {
        id: "E1001",
        title: "what is planned cannot be done",
        why: "`replicaSchedules` and `rollouts` change workloads at given times. The workload is not \
              there or has no replicas or rollouts, a container is not there, times do not ascend, or \
              the simulation has ended by then.",
        example: "workloads:\n  - {name: web, template: {containers: [{name: app}]}}\nrollouts:\n  \
                  - {workload: wbe, at: 1d}",
        fix: "Correct the name or the time; docs/model.md says what can change.",
    },
    Code {
        id: "E1002",
        title: "a file is no table of replicas",
        why: "A table says from which time on there are how many replicas, in order. A count is a whole \
              number of 0 or more.",
        example: "workloads:\n  - {name: web, template: {containers: [{name: app}]}}\n\
                  replicaSchedules:\n  - {workload: web, file: replicas-backwards.csv}",
        fix: "Sort the rows by time, and name the columns `time` and `replicas`.",
    },
    Code {
        id: "E1101",
        title: "an autoscaler of pods, or a metric, is not one",
        why: "An autoscaler is given to a workload that has no replicas to set, a metric says nothing or \
              is there twice, or metrics-server would refuse its resolution.",
        example: "workloads:\n  - {name: web, template: {containers: [{name: app}]}}\n\
                  metricsServer: {resolution: 1s}",
        fix: "Correct what the message shows; docs/autoscaling.md says what is modelled.",
    },
    autoscalers::KEEPER,
    autoscalers::POOL,
    autoscalers::BUDGET,
    autoscalers::FLAG,
    Code {
        id: "E1301",
        title: "an expectation cannot be read",
        why: "An expectation is a figure, a relation and a limit, in the unit of the figure; it has no \
              arithmetic.",
        example: "expect:\n  - cost.monthly = 12000",
        fix: "Write it like `cost.monthly < 12000`, `p95(pending_seconds) < 120` or \
              `P(reclaims_per_day > 10) < 0.05`; docs/check.md has the grammar.",
    },
    Code {
        id: "E1302",
        title: "an expectation is about a figure or a workload that is not there",
        why: "An expectation of a figure that does not exist would hold for want of it.",
        example: "expect:\n  - cost.montly < 12000",
        fix: "Take the name that is suggested; docs/metrics.md lists all metrics.",
    },
    Code {
        id: "W0001",
        title: "a pod fits on no node of the scenario, even on an empty one",
        why: "It asks for more than any node has, or does not tolerate their taints. It is \
              simulated, and waits until the end.",
        example: "workloads:\n  - name: big\n    template:\n      containers:\n        \
                  - {name: app, resources: {requests: {cpu: \"64\"}}}",
        fix: "Ask for less, add a pool that is large enough, or tolerate the taint.",
    },
    Code {
        id: "W0002",
        title: "a placement rule selects no pod",
        why: "No pod of the scenario, or no node, is selected. The rule holds, but not for the \
              reason that its author had in mind.",
        example: "workloads:\n  - name: db\n    template: {containers: [{name: app}]}\n\
                  rules:\n  - name: db-apart\n    podSelector: {matchLabels: {app: db}}\n    \
                  apart: {topologyKey: kubernetes.io/hostname}",
        fix: "Compare the selector with the labels of pods (`labels`) and of nodes.",
    },
    Code {
        id: "W0003",
        title: "pods ask for a scheduler that is not described",
        why: "Their `schedulerName` is that of no profile. How that scheduler decides is not known, \
              so the first profile places them.",
        example: "workloads:\n  - name: train\n    template: {schedulerName: volcano, \
                  containers: [{name: app}]}",
        fix: "Describe it under `scheduler`, if it is a kube-scheduler with a profile of its own.",
    },
    Code {
        id: "W0004",
        title: "a scheduler plugin that is to be off is not known",
        why: "Nothing is switched off. kube-scheduler does not mind, but its author may.",
        example: "scheduler:\n  apiVersion: kubescheduler.config.k8s.io/v1\n  \
                  kind: KubeSchedulerConfiguration\n  profiles:\n    - plugins:\n        \
                  multiPoint: {disabled: [{name: SelectorSpread}]}",
        fix: "Correct the name, or leave it out.",
    },
    Code {
        id: "W0005",
        title: "spot costs more than on-demand in a price history",
        why: "Providers cap spot at the on-demand price. The history is of another time than the on-demand \
              price, or not of this type, or not in dollars.",
        example: "pools:\n  - {name: a, count: 1, capacityType: spot, instanceTypes: [m6i.large]}\n\
                  market: {prices: {model: replay, file: prices-dear.csv}}",
        fix: "Check the history, or give the on-demand price of its time: `onDemandPrice`.",
    },
    Code {
        id: "W0007",
        title: "a commitment covers nothing of the scenario",
        why: "No pool buys such an instance type in such a zone. The commitment is paid for all the \
              same, on both plans.",
        example: "commitments:\n  - name: old\n    reservedInstances: {instanceType: m5.large, \
                  count: 2, pricePerHour: 0.06}",
        fix: "Correct the instance types, or leave it out if others use it.",
    },
    Code {
        id: "W0008",
        title: "a commitment costs more than what it covers",
        why: "At this price every covered instance is dearer than on-demand. Prices are per hour, \
              each: of one instance, one vCPU, one GiB.",
        example: "commitments:\n  - name: dear\n    reservedInstances: {instanceType: m6i.large, \
                  count: 2, pricePerHour: 60}",
        fix: "Correct the price.",
    },
    Code {
        id: "W0009",
        title: "the size of an image is given that no pod uses",
        why: "It changes nothing. Nearly always the image that was meant is spelled differently in the \
              manifests.",
        example: "imagePulls: {rate: 50Mi, size: 300Mi, images: {\"postgres:17\": 150Mi}}",
        fix: "Write the image as its pods do, or leave it out.",
    },
    Code {
        id: "W0010",
        title: "`startTime` is given and nothing goes by it",
        why: "Only CronJobs look at the calendar, and contention where it follows the hour of the day: on \
              Google Cloud, in us-east-1 and us-east-2, and where `afternoon` says so.",
        example: "provider: azure\nregion: eastus\npools: [{name: a, count: 1, capacityType: on-demand, \
                  instanceTypes: [Standard_D4s_v5]}]\nstartTime: 2026-06-01",
        fix: "Leave it out, or add the CronJobs.",
    },
    Code {
        id: "W0011",
        title: "a pod asks for a label that no node has",
        why: "Its node selector and one of the terms of its required node affinity must hold on one and \
              the same node; where they hold on none, it waits for ever, however much room there is. \
              docs/labels.md lists what nodes are labelled with.",
        example: "workloads:\n  - name: web\n    template:\n      nodeSelector: {kubernetes.io/oss: \
                  linux}\n      containers: [{name: app}]",
        fix: "Correct the label or its value, or give a pool that label: `labels`.",
    },
    Code {
        id: "W0012",
        title: "a startupProbe gives up before its container answers",
        why: "The kubelet kills a container whose startupProbe has failed failureThreshold times, so that \
              it would start over for ever. The simulation lets it start all the same.",
        example: "workloads:\n  - name: web\n    annotations: {spotsim/startup: 60s}\n    template:\n      \
                  containers: [{name: app, startupProbe: {periodSeconds: 5}}]",
        fix: "Give it time: a larger failureThreshold or periodSeconds, or an initialDelaySeconds.",
    },
    admission::ADMITTED_BY_A_CLUSTER,
    admission::STRANGE_FIELD,
    admission::ANNOTATION,
    admission::PRICE,
    admission::NEVER,
    admission::NO_NODES,
    admission::NO_SUCH_NODE,
    admission::FORMER_NAME,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The list in the documentation.
    fn page() -> String {
        let mut page = String::from(
            "# Codes\n\n`E` stops the simulation, `W` does not; from W0101 on they are what `spotsim lint` \
             finds.\n`spotsim explain CODE` says why, with an example.\n\n| code | it means | what to do |\n\
             |---|---|---|\n",
        );
        for code in all() {
            page += &format!("| {} | {} | {} |\n", code.id, code.title, code.help());
        }
        page
    }

    /// `just bless` writes it afresh.
    #[test]
    fn the_list_in_the_documentation_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/codes.md");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(committed, page(), "stale: run `just bless`");
    }
}
