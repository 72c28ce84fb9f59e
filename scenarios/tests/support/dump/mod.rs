//! A made-up cluster as `kubectl get -A -o json` would dump it: any size, the same each time.
//!
//! EKS node groups and a Karpenter NodePool; web services, databases with volumes, batch Jobs,
//! agents on every node; and what else lies about in a real one: old revisions, finished pods,
//! mirror pods, a node with more on it than fits, and an operator's objects.

mod parts;

use std::io::{self, Write};

use parts::{owner, pod_spec};
use serde_json::{Value as Json, json};

/// How large a cluster.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// How many nodes.
    pub(crate) nodes: usize,
    /// How many pods, about.
    pub(crate) pods: usize,
    /// How many bytes of managed fields each pod drags along.
    pub(crate) ballast: usize,
}

/// Pools: name, instance type, allocatable millicores, MiB and pods, share of the nodes in percent.
const POOLS: [(&str, &str, u64, u64, u64, usize); 4] = [
    ("system", "m6i.large", 1_930, 7_000, 29, 5),
    ("general", "m6i.2xlarge", 7_910, 30_000, 58, 65),
    ("data", "r6i.2xlarge", 7_910, 62_000, 58, 15),
    ("batch", "c6i.2xlarge", 7_910, 14_500, 58, 15),
];

const NAMESPACES: [&str; 6] = ["shop", "search", "payments", "ml", "ops", "web"];

/// Writes the dump.
pub(crate) fn write(size: Size, out: impl Write) -> io::Result<()> {
    let mut dump = Dump { size, out, first: true, state: 42, nodes: Vec::new(), uid: 0 };
    dump.out.write_all(b"{\n\"apiVersion\": \"v1\",\n\"items\": [")?;
    dump.surroundings()?;
    dump.nodes()?;
    dump.agents()?;
    dump.workloads()?;
    dump.out.write_all(b"\n],\n\"kind\": \"List\",\n\"metadata\": {\"resourceVersion\": \"\"}\n}\n")
}

struct Node {
    name: String,
    pool: usize,
    zone: usize,
    free: (i64, i64, i64),
}

struct Dump<W> {
    size: Size,
    out: W,
    first: bool,
    state: u64,
    nodes: Vec<Node>,
    uid: usize,
}

/// A workload as far as its pods differ.
struct Kind<'k> {
    kind: &'k str,
    name: &'k str,
    namespace: &'k str,
    pool: usize,
    cpu: u64,
    memory: u64,
    claims: bool,
}

impl<W: Write> Dump<W> {
    fn random(&mut self, below: usize) -> usize {
        // Knuth's multiplicative generator: the same on every machine.
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.state >> 33).expect("31 bits") % below
    }

    fn put(&mut self, object: &Json) -> io::Result<()> {
        self.out.write_all(if self.first { b"\n" } else { b",\n" })?;
        self.first = false;
        serde_json::to_writer(&mut self.out, object)?;
        Ok(())
    }

    fn metadata(
        &mut self,
        namespace: &str,
        name: &str,
        labels: &Json,
        owner: Option<Json>,
    ) -> Json {
        self.uid += 1;
        let mut metadata = json!({
            "name": name,
            "uid": format!("00000000-0000-4000-8000-{:012}", self.uid),
            "resourceVersion": (1_000 + self.uid).to_string(),
            "creationTimestamp": "2026-03-01T08:00:00Z",
            "labels": labels,
        });
        if !namespace.is_empty() {
            metadata["namespace"] = namespace.into();
        }
        if let Some(owner) = owner {
            metadata["ownerReferences"] = json!([owner]);
        }
        metadata
    }

    fn surroundings(&mut self) -> io::Result<()> {
        for name in NAMESPACES.into_iter().chain(["kube-system", "default"]) {
            let metadata =
                self.metadata("", name, &json!({"kubernetes.io/metadata.name": name}), None);
            self.put(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}))?;
        }
        let plain = [
            ("scheduling.k8s.io/v1", "PriorityClass", "high", json!({"value": 100_000})),
            (
                "storage.k8s.io/v1",
                "StorageClass",
                "gp3",
                json!({
                    "provisioner": "ebs.csi.aws.com", "volumeBindingMode": "WaitForFirstConsumer",
                }),
            ),
            (
                "storage.k8s.io/v1",
                "CSIDriver",
                "ebs.csi.aws.com",
                json!({
                    "spec": {"attachRequired": true},
                }),
            ),
            (
                "storage.k8s.io/v1",
                "CSIStorageCapacity",
                "gp3-us-east-1a",
                json!({"storageClassName": "gp3", "capacity": "1Ti"}),
            ),
        ];
        for (version, kind, name, rest) in plain {
            let metadata = self.metadata("", name, &json!({}), None);
            let mut object = json!({"apiVersion": version, "kind": kind, "metadata": metadata});
            for (key, value) in rest.as_object().expect("a map") {
                object[key] = value.clone();
            }
            self.put(&object)?;
        }
        let operator = self.metadata("ops", "main", &json!({}), None);
        self.put(&json!({
            "apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus", "metadata": operator,
            "spec": {"replicas": 2},
        }))
    }

    fn nodes(&mut self) -> io::Result<()> {
        for (pool, (name, machine, cpu, memory, pods, share)) in POOLS.into_iter().enumerate() {
            for number in 0..(self.size.nodes * share / 100).max(1) {
                let node = format!("ip-10-{pool}-{}-{}.ec2.internal", number / 250, number % 250);
                let zone = number % 3;
                let letter = ["a", "b", "c"][zone];
                let mut labels = json!({
                    "beta.kubernetes.io/instance-type": machine,
                    "kubernetes.io/arch": "amd64",
                    "kubernetes.io/hostname": node,
                    "kubernetes.io/os": "linux",
                    "node.kubernetes.io/instance-type": machine,
                    "role": name,
                    "topology.kubernetes.io/region": "us-east-1",
                    "topology.kubernetes.io/zone": format!("us-east-1{letter}"),
                });
                if name == "batch" {
                    labels["karpenter.sh/nodepool"] = name.into();
                    labels["karpenter.sh/capacity-type"] = "spot".into();
                } else {
                    labels["eks.amazonaws.com/nodegroup"] = name.into();
                    labels["eks.amazonaws.com/capacityType"] = "ON_DEMAND".into();
                }
                let metadata = self.metadata("", &node, &labels, None);
                let taints = if name == "batch" {
                    json!([{"key": "batch", "effect": "NoSchedule"}])
                } else {
                    json!(null)
                };
                self.put(&json!({
                    "apiVersion": "v1", "kind": "Node", "metadata": metadata,
                    "spec": {
                        "providerID": format!("aws:///us-east-1{letter}/i-{:017x}", self.uid),
                        "taints": taints,
                    },
                    "status": {
                        "allocatable": {
                            "cpu": format!("{cpu}m"), "memory": format!("{memory}Mi"),
                            "pods": pods.to_string(), "ephemeral-storage": "95551679124",
                            "hugepages-2Mi": "0", "attachable-volumes-aws-ebs": "25",
                        },
                        "capacity": {"cpu": (cpu / 1_000 + 1).to_string(), "pods": pods.to_string()},
                        "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
                        "nodeInfo": {"kubeletVersion": "v1.36.2", "osImage": "Amazon Linux 2023"},
                        "images": [{"names": ["registry.example.com/app:1"], "sizeBytes": 52_428_800}],
                    },
                }))?;
                let csi = self.metadata("", &node, &json!({}), None);
                self.put(&json!({
                    "apiVersion": "storage.k8s.io/v1", "kind": "CSINode", "metadata": csi,
                    "spec": {"drivers": [{
                        "name": "ebs.csi.aws.com", "nodeID": node,
                        "topologyKeys": ["topology.ebs.csi.aws.com/zone"],
                        "allocatable": {"count": 25},
                    }]},
                }))?;
                let free = [cpu, memory, pods].map(|much| i64::try_from(much).expect("small"));
                let free = (free[0], free[1], free[2]);
                self.nodes.push(Node { name: node, pool, zone, free });
            }
        }
        Ok(())
    }

    /// DaemonSets, and a mirror pod here and there.
    fn agents(&mut self) -> io::Result<()> {
        for (name, cpu, memory) in
            [("aws-node", 50, 128), ("kube-proxy", 100, 0), ("node-exporter", 20, 64)]
        {
            let template = pod_spec(None, cpu, memory, None);
            let labels = json!({"k8s-app": name});
            let metadata = self.metadata("kube-system", name, &json!({}), None);
            self.put(&json!({
                "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": metadata,
                "spec": {
                    "selector": {"matchLabels": labels},
                    "template": {"metadata": {"labels": labels, "creationTimestamp": null}, "spec": template},
                },
            }))?;
            for node in 0..self.nodes.len() {
                let pod = format!("{name}-{node:05}");
                let mut spec = pod_spec(None, cpu, memory, Some(&self.nodes[node].name));
                spec["affinity"] = json!({"nodeAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{
                        "matchFields": [{
                            "key": "metadata.name", "operator": "In",
                            "values": [self.nodes[node].name],
                        }],
                    }]},
                }});
                spec["tolerations"] = json!([{"operator": "Exists"}]);
                self.take(node, cpu, memory);
                let owner = owner("apps/v1", "DaemonSet", name);
                self.pod("kube-system", &pod, &labels, Some(owner), &spec, "Running")?;
            }
        }
        for node in (0..self.nodes.len()).step_by(40) {
            let host = self.nodes[node].name.clone();
            let owner = owner("v1", "Node", &host);
            let spec = pod_spec(None, 100, 64, Some(&host));
            self.pod(
                "kube-system",
                &format!("static-{node}"),
                &json!({}),
                Some(owner),
                &spec,
                "Running",
            )?;
        }
        Ok(())
    }

    fn take(&mut self, node: usize, cpu: u64, memory: u64) {
        let free = &mut self.nodes[node].free;
        free.0 -= i64::try_from(cpu).expect("small");
        free.1 -= i64::try_from(memory).expect("small");
        free.2 -= 1;
    }

    /// The first node of a pool, from a random one on, on which a pod fits.
    fn place(&mut self, pool: usize, cpu: u64, memory: u64) -> Option<usize> {
        let from = self.random(self.nodes.len());
        let (cpu, memory) = (i64::try_from(cpu).ok()?, i64::try_from(memory).ok()?);
        let all = self.nodes.len();
        (0..all).map(|step| (from + step) % all).find(|index| {
            let node = &self.nodes[*index];
            node.pool == pool && node.free.0 >= cpu && node.free.1 >= memory && node.free.2 >= 1
        })
    }

    fn workloads(&mut self) -> io::Result<()> {
        let budget = self.size.pods.saturating_sub(3 * self.nodes.len());
        let mut made = 0;
        let mut number = 0;
        while made < budget {
            let namespace = NAMESPACES[self.random(NAMESPACES.len())];
            let cpu = 50 + 50 * self.random(8) as u64;
            let memory = 64 << self.random(5);
            let name = format!("app-{number}");
            let kind = |kind, pool, claims| Kind {
                kind,
                name: &name,
                namespace,
                pool,
                cpu,
                memory,
                claims,
            };
            made += match number % 10 {
                0 => self.deployment(&kind("Deployment", 0, false), 1)?,
                1 | 2 => {
                    let replicas = 1 + 2 * self.random(3);
                    self.stateful_set(&kind("StatefulSet", 2, true), replicas)?
                }
                3 | 4 => {
                    let pods = 1 + self.random(6);
                    self.job(&kind("Job", 3, false), pods)?
                }
                _ => {
                    let replicas = 2 + self.random(24);
                    self.deployment(&kind("Deployment", 1, false), replicas)?
                }
            };
            number += 1;
        }
        // One node has more on it than fits.
        let crowded = self.nodes.iter().position(|node| node.pool == 1).unwrap_or(0);
        let host = self.nodes[crowded].name.clone();
        let spec = pod_spec(Some("general"), 9_000, 512, Some(&host));
        self.pod("ops", "debug", &json!({"app": "debug"}), None, &spec, "Running")
    }

    fn deployment(&mut self, of: &Kind<'_>, replicas: usize) -> io::Result<usize> {
        let Kind { kind, name, namespace, pool, cpu, memory, .. } = *of;
        let labels = json!({"app": name});
        let template = json!({
            "metadata": {"labels": labels},
            "spec": pod_spec(Some(POOLS[pool].0), cpu, memory, None),
        });
        let metadata = self.metadata(namespace, name, &labels, None);
        self.put(&json!({
            "apiVersion": "apps/v1", "kind": kind, "metadata": metadata,
            "spec": {
                "replicas": replicas, "selector": {"matchLabels": labels}, "template": template,
                "strategy": {"type": "RollingUpdate"}, "revisionHistoryLimit": 10,
            },
            "status": {"replicas": replicas, "readyReplicas": replicas, "observedGeneration": 3},
        }))?;
        let parent = owner("apps/v1", kind, name);
        let (old, new) = (format!("{name}-0ld5e7"), format!("{name}-7c5d9f"));
        for (set, replicas) in [(&old, 0), (&new, replicas)] {
            let metadata = self.metadata(namespace, set, &labels, Some(parent.clone()));
            self.put(&json!({
                "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": metadata,
                "spec": {
                    "replicas": replicas, "selector": {"matchLabels": labels}, "template": template,
                },
            }))?;
        }
        if replicas > 1 {
            self.service_and_budget(of, replicas)?;
        }
        let mut labels = labels;
        labels["pod-template-hash"] = "7c5d9f".into();
        for _ in 0..replicas {
            self.uid += 1;
            let pod = format!("{new}-{:05x}", self.uid);
            let node = self.place(pool, cpu, memory);
            let host = node.map(|node| self.nodes[node].name.clone());
            if let Some(node) = node {
                self.take(node, cpu, memory);
            }
            let mut spec = pod_spec(Some(POOLS[pool].0), cpu, memory, host.as_deref());
            spec["topologySpreadConstraints"] = json!([{
                "maxSkew": 3, "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {"matchLabels": {"app": name}},
            }]);
            let phase = if node.is_some() { "Running" } else { "Pending" };
            let set = owner("apps/v1", "ReplicaSet", &new);
            self.pod(namespace, &pod, &labels, Some(set), &spec, phase)?;
        }
        Ok(replicas)
    }

    fn service_and_budget(&mut self, of: &Kind<'_>, replicas: usize) -> io::Result<()> {
        let Kind { kind, name, namespace, .. } = *of;
        let target = json!({"apiVersion": "apps/v1", "kind": kind, "name": name});
        let selector = json!({"app": name});
        for (version, kind, spec) in [
            (
                "v1",
                "Service",
                json!({"selector": selector, "ports": [{"port": 80}], "clusterIP": "10.0.0.1"}),
            ),
            (
                "policy/v1",
                "PodDisruptionBudget",
                json!({
                    "maxUnavailable": 1, "selector": {"matchLabels": selector},
                }),
            ),
            (
                "autoscaling/v2",
                "HorizontalPodAutoscaler",
                json!({
                    "scaleTargetRef": target, "minReplicas": 2, "maxReplicas": replicas * 2,
                    "metrics": [{"type": "Resource", "resource": {
                        "name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70},
                    }}],
                }),
            ),
            (
                "autoscaling.k8s.io/v1",
                "VerticalPodAutoscaler",
                json!({
                    "targetRef": target, "updatePolicy": {"updateMode": "Off"},
                }),
            ),
            ("v1", "ResourceQuota", json!({"hard": {"pods": 1_000_000}})),
            ("v1", "LimitRange", json!({"limits": [{"type": "Container"}]})),
        ] {
            let metadata = self.metadata(namespace, name, &json!({}), None);
            self.put(
                &json!({"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}),
            )?;
        }
        Ok(())
    }

    fn stateful_set(&mut self, of: &Kind<'_>, replicas: usize) -> io::Result<usize> {
        let Kind { kind, name, namespace, pool, cpu, memory, claims } = *of;
        let labels = json!({"app": name});
        let metadata = self.metadata(namespace, name, &labels, None);
        self.put(&json!({
            "apiVersion": "apps/v1", "kind": kind, "metadata": metadata,
            "spec": {
                "replicas": replicas, "serviceName": name, "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": pod_spec(Some(POOLS[pool].0), cpu, memory, None),
                },
                "volumeClaimTemplates": [{
                    "metadata": {"name": "data"},
                    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "100Gi"}}},
                }],
            },
        }))?;
        for ordinal in 0..replicas {
            let pod = format!("{name}-{ordinal}");
            let node = self.place(pool, cpu, memory);
            let host = node.map(|node| self.nodes[node].name.clone());
            if let Some(node) = node {
                self.take(node, cpu, memory);
            }
            let mut spec = pod_spec(Some(POOLS[pool].0), cpu, memory, host.as_deref());
            spec["priorityClassName"] = "high".into();
            spec["priority"] = 100_000.into();
            if claims {
                let claim = format!("data-{pod}");
                spec["volumes"] =
                    json!([{"name": "data", "persistentVolumeClaim": {"claimName": claim}}]);
                self.volume(namespace, &claim, node)?;
            }
            let set = owner("apps/v1", "StatefulSet", name);
            let phase = if node.is_some() { "Running" } else { "Pending" };
            self.pod(namespace, &pod, &labels, Some(set), &spec, phase)?;
        }
        Ok(replicas)
    }

    fn volume(&mut self, namespace: &str, claim: &str, node: Option<usize>) -> io::Result<()> {
        let zone = node.map_or("us-east-1a", |node| {
            ["us-east-1a", "us-east-1b", "us-east-1c"][self.nodes[node].zone]
        });
        let volume = format!("pvc-{claim}-{namespace}");
        let size = json!({"storage": "100Gi"});
        let mut metadata = self.metadata(namespace, claim, &json!({}), None);
        metadata["annotations"] = json!({"pv.kubernetes.io/bind-completed": "yes"});
        self.put(&json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata,
            "spec": {
                "accessModes": ["ReadWriteOnce"], "storageClassName": "gp3", "volumeName": volume,
                "resources": {"requests": size},
            },
            "status": {"phase": "Bound", "capacity": size},
        }))?;
        let metadata = self.metadata("", &volume, &json!({}), None);
        self.put(&json!({
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata,
            "spec": {
                "capacity": size, "accessModes": ["ReadWriteOnce"], "storageClassName": "gp3",
                "claimRef": {"kind": "PersistentVolumeClaim", "namespace": namespace, "name": claim},
                "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": format!("vol-{claim}")},
                "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [{
                    "key": "topology.kubernetes.io/zone", "operator": "In", "values": [zone],
                }]}]}},
            },
            "status": {"phase": "Bound"},
        }))?;
        let Some(node) = node else { return Ok(()) };
        let host = self.nodes[node].name.clone();
        let metadata = self.metadata("", &format!("csi-{volume}"), &json!({}), None);
        self.put(&json!({
            "apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttachment", "metadata": metadata,
            "spec": {
                "attacher": "ebs.csi.aws.com", "nodeName": host,
                "source": {"persistentVolumeName": volume},
            },
            "status": {"attached": true},
        }))
    }

    /// A CronJob with one Job that runs and one that is done.
    fn job(&mut self, of: &Kind<'_>, pods: usize) -> io::Result<usize> {
        let Kind { kind, name, namespace, pool, cpu, memory, .. } = *of;
        let template = json!({"spec": pod_spec(Some(POOLS[pool].0), cpu, memory, None)});
        let metadata = self.metadata(namespace, name, &json!({}), None);
        let spec = json!({"parallelism": pods, "completions": pods, "template": template});
        self.put(&json!({
            "apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata,
            "spec": {"schedule": "0 * * * *", "jobTemplate": {"spec": spec}},
        }))?;
        for (minute, done) in [(29_000_000, true), (29_000_060, false)] {
            let job = format!("{name}-{minute}");
            let parent = owner("batch/v1", "CronJob", name);
            let metadata = self.metadata(namespace, &job, &json!({}), Some(parent));
            let status = if done {
                json!({"succeeded": pods, "completionTime": "2026-03-01T08:10:00Z"})
            } else {
                json!({"active": pods})
            };
            self.put(&json!({
                "apiVersion": "batch/v1", "kind": kind, "metadata": metadata, "spec": spec,
                "status": status,
            }))?;
            for _ in 0..pods {
                self.uid += 1;
                let pod = format!("{job}-{:05x}", self.uid);
                let node = if done { Some(0) } else { self.place(pool, cpu, memory) };
                let host = node.map(|node| self.nodes[node].name.clone());
                if let (Some(node), false) = (node, done) {
                    self.take(node, cpu, memory);
                }
                let spec = pod_spec(Some(POOLS[pool].0), cpu, memory, host.as_deref());
                let phase = match node {
                    _ if done => "Succeeded",
                    Some(_) => "Running",
                    None => "Pending",
                };
                let labels = json!({"job-name": job});
                let set = owner("batch/v1", kind, &job);
                self.pod(namespace, &pod, &labels, Some(set), &spec, phase)?;
            }
        }
        Ok(2 * pods)
    }

    fn pod(
        &mut self,
        namespace: &str,
        name: &str,
        labels: &Json,
        owner: Option<Json>,
        spec: &Json,
        phase: &str,
    ) -> io::Result<()> {
        let mut metadata = self.metadata(namespace, name, labels, owner);
        if self.size.ballast > 0 {
            metadata["managedFields"] = json!([{
                "manager": "kubelet", "operation": "Update", "time": "2026-03-01T08:00:00Z",
                "fieldsV1": {"f:status": {"x".repeat(self.size.ballast): {}}},
            }]);
        }
        let started = format!(
            "2026-03-01T{:02}:{:02}:{:02}Z",
            self.uid / 3_600 % 24,
            self.uid / 60 % 60,
            self.uid % 60
        );
        self.put(&json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec,
            "status": {
                "phase": phase, "startTime": started, "podIP": "10.1.2.3", "qosClass": "Burstable",
                "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": started}],
                "containerStatuses": [{
                    "name": "app", "image": "registry.example.com/app:1", "ready": true,
                    "restartCount": 0, "started": true,
                    "imageID": "registry.example.com/app@sha256:0000", "containerID": "containerd://0",
                }],
            },
        }))
    }
}
