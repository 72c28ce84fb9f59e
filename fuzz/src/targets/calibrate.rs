//! Any table of counts or lives is fitted, and the market that is printed is a market, or it is
//! refused.

use scenarios::Scenario;
use validation::data::read_slots;
use validation::fit::{Fit, Slots, chart};

use super::{checked, folder_with, source};

/// What a fitted market is pasted behind.
const FLEET: &str = "
apiVersion: spotsim/v1
name: fleet
horizon: 1h
provider: aws
region: us-east-1
pools: [{name: spot, count: 2, capacityType: spot, instanceTypes: [m6i.large], zones: [us-east-1a]}]
workloads:
  - name: web
    replicas: 1
    template: {containers: [{name: app, resources: {requests: {cpu: 1, memory: 2Gi}}}]}
";

pub(crate) fn run(data: &[u8]) -> bool {
    let folder = folder_with("table.csv", data);
    let mut slots = Slots::default();
    if let Err(error) = read_slots(&folder.path().join("table.csv"), None, &mut slots) {
        assert!(!error.to_string().is_empty(), "refused without a word");
        return false;
    }
    let Some(fit) = Fit::of(slots) else { return false };
    let _ = chart(&fit, "table.csv");
    let (rate, (low, high)) = (fit.memoryless.0.value, fit.memoryless.0.interval);
    assert!(low <= rate && rate <= high, "{rate} is not within {low} and {high}");
    // Rates beyond what a scenario may state are refused there, with their place.
    checked(Scenario::parse(&source(&(FLEET.to_owned() + &fit.market())), None)).is_ok()
}
