//! Any text is a configuration of kube-scheduler under which a small cluster runs, or is refused.

use super::beside;
use crate::brief;

const SHOP: &str = "
apiVersion: spotsim/v1
name: shop
horizon: 2h
provider: generic
region: r
pools:
  - name: p
    count: 3
    capacityType: spot
    instanceTypes: [{name: box, cpu: 4, memory: 16Gi, onDemandPrice: 0.2, spotPrice: 0.1}]
    zones: [r-a, r-b]
market: {reclaims: {model: constant, perHour: 0.5}}
workloads:
  - name: web
    replicas: 9
    labels: {app: web}
    template:
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: ScheduleAnyway
          labelSelector: {matchLabels: {app: web}}
      containers: [{name: app, resources: {requests: {cpu: 1, memory: 2Gi}}}]
  - name: other
    replicas: 2
    template:
      schedulerName: other
      containers: [{name: app, resources: {requests: {cpu: 500m, memory: 1Gi}}}]
scheduler: {file: scheduler.yaml}
";

pub(crate) fn run(data: &[u8]) -> bool {
    beside(SHOP, "scheduler.yaml", data).is_ok_and(|scenario| brief::run(&scenario, brief::BRIEF))
}
