//! Any table or listing of prices is replayed under a small fleet, or is refused.

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
    maxPrice: 0.05
    instanceTypes: [m6i.large, m6a.large]
    zones: [us-east-1a, us-east-1b]
market: {prices: {model: replay, file: prices.csv, ifMissing: listed-price}}
workloads:
  - name: web
    replicas: 6
    template:
      containers: [{name: app, resources: {requests: {cpu: 800m, memory: 2Gi}}}]
";

pub(crate) fn run(data: &[u8]) -> bool {
    beside(FLEET, "prices.csv", data).is_ok_and(|scenario| brief::run(&scenario, brief::BRIEF))
}
