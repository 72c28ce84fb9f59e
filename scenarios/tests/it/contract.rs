//! What a scenario says of its contract becomes amounts and rates, or is refused at its place.

use std::sync::Arc;

use scenarios::diagnostic::Source;
use scenarios::{Diagnostics, Scenario};
use sim::terms::contract::{Contract, Unit};
use sim::{MicroUsdPerHour, Setup};

const REST: &str = "\
apiVersion: spotsim/v1
name: contract
horizon: 1d
region: us-east-1
pools:
  - {name: a, count: 2, capacityType: on-demand, instanceTypes: [m6i.large, m6i.xlarge]}
  - {name: b, count: 1, capacityType: on-demand, instanceTypes: [c6i.large], zones: [us-east-1b]}
";

fn parse(contract: &str) -> Result<Scenario, Diagnostics> {
    let text = Arc::from(format!("{REST}{contract}"));
    Scenario::parse(&Source { file: "scenario.yaml".into(), text }, None)
}

fn setup(contract: &str) -> Setup {
    parse(contract).unwrap_or_else(|errors| panic!("{errors}")).setup
}

fn contract(contract: &str) -> Contract {
    setup(contract).terms.contract.clone()
}

#[test]
fn commitments_come_in_the_order_in_which_they_are_applied() {
    let text = "\
commitments:
  - {name: all, savingsPlan: {dollarsPerHour: 1.5, discountPercent: 25}}
  - {name: more, savingsPlan: {dollarsPerHour: 1, discountPercent: 50}}
  - {name: family, savingsPlan: {dollarsPerHour: 1, discountPercent: 20, instanceTypes: [m6i.*]}}
  - name: use
    committedUse: {cpu: 2500m, cpuPrice: 0.02, memory: 4Gi, memoryPrice: 0.003}
    prepaidPercent: 50
  - {name: anywhere, reservedInstances: {instanceType: m6i.large, count: 3, pricePerHour: 0.06}}
  - name: zonal
    reservedInstances: {instanceType: c6i.large, zone: us-east-1b, count: 1, pricePerHour: 0.05}
";
    let setup = setup(text);
    let (model, contract) = (&setup.model, &setup.terms.contract);
    let named: Vec<_> = contract
        .commitments
        .iter()
        .map(|it| (model.names.text(it.name), it.unit, it.amount, it.rate.0, it.prepaid.0))
        .collect();
    let expected = [
        ("zonal", Unit::Instance, 1, 50_000, 0),
        ("anywhere", Unit::Instance, 3, 180_000, 0),
        ("use", Unit::MilliCpu, 2_500, 50_000, 25_000),
        ("use", Unit::MemoryByte, 4 << 30, 12_000, 6_000),
        ("family", Unit::MicroUsdPerHour, 1_250_000, 1_000_000, 0),
        ("more", Unit::MicroUsdPerHour, 2_000_000, 1_000_000, 0),
        ("all", Unit::MicroUsdPerHour, 2_000_000, 1_500_000, 0),
    ];
    assert_eq!(named, expected);
    let types: Vec<usize> = contract.commitments.iter().map(|it| it.instance_types.len()).collect();
    assert_eq!(types, [1, 1, 3, 3, 2, 3, 3]);
}

#[test]
fn a_discount_is_of_the_scenario_or_of_the_type() {
    let text = "onDemandDiscount: 10";
    let setup = setup(text);
    let prices = |setup: &Setup| -> Vec<(u64, u64)> {
        let types = setup.model.catalog.instance_types.rows();
        types.map(|it| (it.list_price.0, it.on_demand.0)).collect()
    };
    assert_eq!(prices(&setup), [(96_000, 86_400), (192_000, 172_800), (85_000, 76_500)]);
    let offered = setup.model.catalog.offerings.rows().map(|offering| offering.price);
    assert_eq!(offered.collect::<Vec<_>>(), [86_400, 172_800, 76_500].map(MicroUsdPerHour));
    let own = "onDemandDiscount: 10\npools:\n  - name: a\n    count: 1\n    capacityType: spot\n    \
               instanceTypes: [{name: m6i.large, onDemandDiscount: 50}, m6i.xlarge]\n";
    let rest = REST.split("pools:").next().expect("a first part");
    let text = Arc::from(format!("{rest}{own}"));
    let scenario = Scenario::parse(&Source { file: "scenario.yaml".into(), text }, None);
    let setup = scenario.unwrap_or_else(|errors| panic!("{errors}")).setup;
    assert_eq!(prices(&setup), [(96_000, 48_000), (192_000, 172_800)]);
    let on_demand = setup.on_demand();
    let offered = on_demand.model.catalog.offerings.rows().map(|offering| offering.price.0);
    assert_eq!(offered.collect::<Vec<_>>(), [48_000, 172_800], "the other plan has it, too");
}

#[test]
fn what_is_paid_besides() {
    let contract =
        contract("controlPlanePrice: 0.1\nbootVolume: {size: 73Gi, pricePerGibMonth: 0.08}\n");
    assert_eq!((contract.control_plane.0, contract.boot_volume.0), (100_000, 8_000));
}

#[test]
fn what_is_not_counted_is_listed() {
    let listed = |text: &str| {
        let assumptions = parse(text).unwrap_or_else(|errors| panic!("{errors}")).assumptions;
        let found = assumptions.into_iter().find(|it| it.id == "not-counted");
        found.and_then(|it| it.text.rsplit(": ").next().map(str::to_owned))
    };
    assert_eq!(
        listed("").as_deref(),
        Some("the control plane (`controlPlane`), boot volumes (`bootVolume`), traffic")
    );
    assert_eq!(
        listed("controlPlanePrice: 0").as_deref(),
        Some("boot volumes (`bootVolume`), traffic")
    );
    assert_eq!(
        listed("controlPlane: gke").as_deref(),
        Some("boot volumes (`bootVolume`), traffic")
    );
}

#[test]
fn a_control_plane_costs_its_fee_or_what_was_negotiated() {
    for (name, fee) in [
        ("eks", 100_000),
        ("eks-extended", 600_000),
        ("gke", 100_000),
        ("aks-free", 0),
        ("aks-standard", 100_000),
        ("aks-premium", 600_000),
    ] {
        let text = format!("controlPlane: {name}\n");
        assert_eq!(contract(&text).control_plane.0, fee, "{name}");
        let assumptions = parse(&text).unwrap_or_else(|errors| panic!("{errors}")).assumptions;
        assert!(assumptions.iter().any(|it| it.id == "management-fee" && it.text.contains("202")));
    }
    assert_eq!(contract("controlPlane: eks\ncontrolPlanePrice: 0.07\n").control_plane.0, 70_000);
}

#[test]
fn every_mistake_is_refused_at_its_place() {
    let text = "\
onDemandDiscount: 100
controlPlanePrice: -1
commitments:
  - {name: a, savingsPlan: {dollarsPerHour: 0, discountPercent: 25}}
  - {name: a, reservedInstances: {instanceType: m6i.large, count: 0, pricePerHour: 1}}
";
    let errors = parse(text).err().expect("absurd").render(false);
    assert_eq!(errors.matches("E0103").count(), 4, "{errors}");
    let text = "\
commitments:
  - {name: a, savingsPlan: {dollarsPerHour: 1, discountPercent: 25}}
  - {name: a, reservedInstances: {instanceType: m6i.lrage, count: 1, pricePerHour: 1}}
  - {name: none}
  - name: both
    savingsPlan: {dollarsPerHour: 1, discountPercent: 25}
    reservedInstances: {instanceType: m6i.large, count: 1, pricePerHour: 0.06}
  - {name: half, committedUse: {cpu: 4, memoryPrice: 0.003}}
  - {name: huge, reservedInstances: {instanceType: m6i.large, count: 1000000, pricePerHour: 2}}
  - {name: odd, savingsPlan: {dollarsPerHour: 1, discountPercent: 25, instanceTypes: [\"m6i.[\"]}}
";
    let errors = parse(text).err().expect("wrong").render(false);
    for wanted in [
        "commitment `a` is there twice",
        "instance type `m6i.lrage` is in no pool and not in the catalogue",
        "did you mean `m6i.large`?",
        "commitment `none` covers nothing",
        "commitment `both` covers more than one thing",
        "an amount without a price",
        "more than a million dollars an hour",
        "`m6i.[` is not a pattern",
        "scenario.yaml:11",
    ] {
        assert!(errors.contains(wanted), "{wanted}:\n{errors}");
    }
}

#[test]
fn what_looks_wrong_is_warned_of() {
    let warnings = |text: &str| {
        let scenario = parse(text).unwrap_or_else(|errors| panic!("{errors}"));
        scenario.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>()
    };
    let reserved =
        |what: &str| format!("commitments:\n  - {{name: a, reservedInstances: {{{what}}}}}\n");
    let zone = "instanceType: c6i.large, count: 1, pricePerHour: 0.05, zone: us-east-1a";
    assert_eq!(warnings(&reserved(zone)), ["W0007"]);
    assert_eq!(
        warnings(&reserved("instanceType: c6i.large, count: 1, pricePerHour: 0.09")),
        ["W0008"]
    );
    assert_eq!(
        warnings(&reserved("instanceType: c6i.large, count: 1, pricePerHour: 0.05")),
        [""; 0]
    );
}
