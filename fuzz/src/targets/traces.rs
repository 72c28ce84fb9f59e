//! Any table of counts is replayed as the capacity of a small fleet, or is refused.

use super::beside;
use crate::brief;

const FLEET: &str = "
apiVersion: spotsim/v1
name: fleet
horizon: 4h
provider: aws
region: us-east-1
pools:
  - name: spot
    count: 4
    capacityType: spot
    instanceTypes: [m6i.large]
    zones: [us-east-1a]
market:
  reclaims:
    model: replay
    traces: [{file: trace.csv, instanceType: m6i.large, zone: us-east-1a}]
workloads:
  - name: web
    replicas: 6
    template:
      containers: [{name: app, resources: {requests: {cpu: 800m, memory: 2Gi}}}]
";

pub(crate) fn run(data: &[u8]) -> bool {
    beside(FLEET, "trace.csv", data).is_ok_and(|scenario| brief::run(&scenario, brief::BRIEF))
}
