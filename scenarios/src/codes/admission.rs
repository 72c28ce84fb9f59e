//! The codes of admission: what the API server would refuse, and what a scenario cannot mean.

use super::Code;

pub(super) const FIELD_OF_ANOTHER_KIND: Code = Code {
    id: "E0209",
    title: "a field that this kind of workload does not have",
    why: "A DaemonSet has a pod on every node and no `replicas`, a Deployment never completes. A \
          field that changes nothing would be read as if it did.",
    example: "workloads:\n  - name: logs\n    kind: DaemonSet\n    replicas: 3\n    \
              template: {containers: [{name: app}]}",
    fix: "Take the field out, or choose the kind that has it.",
};

pub(super) const NAME_OF_OURS: Code = Code {
    id: "E0210",
    title: "a name that cannot be one",
    why: "Names head tables, files and charts. One that is empty, has more than 253 characters, or \
          has characters that cannot be printed cannot be distinguished from another there.",
    example: "name: \"a\\nb\"",
    fix: "Choose a name of at most 253 characters that can be printed.",
};

pub(super) const ZONE: Code = Code {
    id: "E0211",
    title: "a zone that its region does not have",
    why: "A node in a zone that is nowhere would have a price and a market of its own, and neither \
          is real. A zone that is listed twice gets twice its share of the nodes.",
    example: "pools:\n  \
              - {name: a, count: 1, capacityType: spot, instanceTypes: [m6i.large], zones: [us-west-1a]}",
    fix: "Take a zone of `region`, each once; what the message lists, or leave `zones` out.",
};

pub(super) const OBJECT_NAME: Code = Code {
    id: "E0310",
    title: "a name, label or key is not one that Kubernetes takes",
    why: "Names are DNS-1123 subdomains or labels, keys are qualified names, label values have at \
          most 63 characters. The API server refuses anything else. docs/admission.md has each \
          rule with its source.",
    example: "workloads:\n  - name: web\n    labels: {app: web}\n    template:\n      \
              containers: [{name: My_App}]",
    fix: "Rename it: small letters, digits and `-`.",
};

pub(super) const OBJECT_NUMBER: Code = Code {
    id: "E0311",
    title: "a number of a Kubernetes object is out of range",
    why: "The API server refuses it: a weight lies between 1 and 100, a `maxSkew` is at least 1, a \
          port at most 65535, no request is more than its limit. docs/admission.md has each rule \
          with its source.",
    example: "workloads:\n  - name: web\n    labels: {app: web}\n    template:\n      \
              containers: [{name: app}]\n      topologySpreadConstraints:\n        \
              - {maxSkew: 0, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}",
    fix: "Keep to the range in the message.",
};

pub(super) const OBJECT_WORD: Code = Code {
    id: "E0312",
    title: "a word of a Kubernetes object is none of those it takes",
    why: "The field takes one of a few words, in this spelling, and the API server refuses others. \
          docs/admission.md has each rule with its source.",
    example: "workloads:\n  - name: web\n    labels: {app: web}\n    template:\n      \
              restartPolicy: always\n      containers: [{name: app}]",
    fix: "Take one of the words that the message lists.",
};

pub(super) const OBJECT_NEEDS: Code = Code {
    id: "E0313",
    title: "a Kubernetes object lacks what it must have",
    why: "The API server refuses a pod without containers, a container without a name, a topology \
          without its key. docs/admission.md has each rule with its source.",
    example: "workloads:\n  - name: web\n    labels: {app: web}\n    template:\n      \
              containers: []",
    fix: "Add what is missing.",
};

pub(super) const OBJECT_CONTRADICTS: Code = Code {
    id: "E0314",
    title: "parts of a Kubernetes object contradict each other",
    why: "Each is well-formed, but not beside the other: two containers of one name, a selector \
          that does not match the labels of its template. The API server refuses it. \
          docs/admission.md has each rule with its source.",
    example: "workloads:\n  - name: web\n    labels: {app: web}\n    template:\n      \
              containers: [{name: app}, {name: app}]",
    fix: "Change one of the two.",
};

pub(super) const ADMITTED_BY_A_CLUSTER: Code = Code {
    id: "W0013",
    title: "an object of a cluster breaks a rule of the API server",
    why: "It was admitted nevertheless: by an older server, which did not check it, or without \
          that check. It is simulated as it is; a new object like it would be refused.",
    example: "cluster: {file: an-old-object.json}\npools:\n  - name: a\n    count: 1\n    \
              capacityType: on-demand\n    instanceTypes: [m6i.large]\n    \
              matchLabels: {role: web}",
    fix: "Correct the object in the cluster; nothing is to be done here.",
};

pub(super) const STRANGE_FIELD: Code = Code {
    id: "W0014",
    title: "a field means nothing for this kind of object",
    why: "Another kind has it. `kubectl apply` refuses it as unknown, and without validation the \
          API server drops it; here, too, it changes nothing.",
    example: "workloads:\n  - name: web\n    labels: {app: web}\n    template:\n      \
              replicas: 5\n      containers: [{name: app}]",
    fix: "Take the field out, or put it where it belongs.",
};

pub(super) const ANNOTATION: Code = Code {
    id: "W0015",
    title: "an annotation of spotsim is not known",
    why: "An annotation that begins with `spotsim/` is meant for the simulator. A misspelt one \
          would leave the default in force.",
    example: "workloads:\n  - name: web\n    annotations: {spotsim/duratoin: 10m}\n    \
              template: {containers: [{name: app}]}",
    fix: "Take the name that is suggested.",
};

pub(super) const PRICE: Code = Code {
    id: "W0016",
    title: "a price is far from that of any machine",
    why: "Spot for nothing, or for more than ten times the on-demand price, is a slip of the unit. \
          The saving that is computed with it says nothing.",
    example: "pools:\n  - name: a\n    count: 1\n    capacityType: spot\n    \
              instanceTypes: [{name: m6i.large, spotPrice: 96}]",
    fix: "Write the price in dollars per hour of one instance.",
};

pub(super) const NEVER: Code = Code {
    id: "W0017",
    title: "something never happens before the simulation ends",
    why: "A workload that is created after the end, pods that would have to be ready for longer \
          than is simulated, a schedule that is never due: the run is as if they were not there.",
    example: "workloads:\n  - name: web\n    startAt: 8d\n    \
              template: {containers: [{name: app}]}",
    fix: "Let it happen earlier, or simulate longer (`horizon`).",
};

pub(super) const NO_NODES: Code = Code {
    id: "W0018",
    title: "no pool has a node",
    why: "Nothing runs, and nothing costs.",
    example: "pools: [{name: a, count: 0, capacityType: on-demand, instanceTypes: [m6i.large]}]",
    fix: "Give a pool a `count`.",
};

pub(super) const NO_SUCH_NODE: Code = Code {
    id: "W0019",
    title: "a pod names a node that is never there",
    why: "`nodeName` passes by the scheduler. Kubernetes admits such a pod and deletes it again; \
          here it waits to the end.",
    example: "workloads:\n  - name: web\n    \
              template: {nodeName: nowhere, containers: [{name: app}]}",
    fix: "Take `nodeName` out, or select nodes by their labels (`nodeSelector`).",
};

pub(super) const FORMER_NAME: Code = Code {
    id: "W0020",
    title: "a field or a word has a new name",
    why: "The former name is read as the new one, so that scenarios of before run as they did. It \
          keeps that word from what may want it next.",
    example: "pools:\n  - name: a\n    count: 1\n    capacityType: spot\n    \
              instanceTypes: [m6i.large]\n    provisioner: karpenter",
    fix: "Write the name that the message says.",
};
