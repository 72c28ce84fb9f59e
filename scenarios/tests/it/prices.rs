//! Price histories: both forms, where `T+0` lies in them, and every way in which they may be wrong.

use std::sync::Arc;

use scenarios::diagnostic::Source;
use scenarios::{Diagnostics, Scenario};
use sim::{Fact, Root};

const SHOP: &str = "
apiVersion: spotsim/v1
name: shop
horizon: 10h
region: us-east-1
pools:
  - {name: spot, count: 1, capacityType: spot, instanceTypes: [m6i.large], zones: [us-east-1a, us-east-1b]}
";

/// The shop with the history that `file` contains, and options beside it.
fn parse(file: &str, options: &str) -> Result<Scenario, Diagnostics> {
    parse_with(file, options, "")
}

/// The same with `more` of a scenario.
fn parse_with(file: &str, options: &str, more: &str) -> Result<Scenario, Diagnostics> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("prices"), file).expect("room for a file");
    let text = format!(
        "{SHOP}market: {{prices: {{model: replay, file: prices{options}}}, reclaims: {{model: none}}}}\n\
         {more}"
    );
    Scenario::parse(
        &Source { file: "shop.yaml".into(), text: Arc::from(text) },
        Some(folder.path()),
    )
}

fn sound(file: &str, options: &str) -> Scenario {
    parse(file, options).unwrap_or_else(|errors| panic!("{errors}"))
}

fn table(rows: &str) -> String {
    format!("instance_type,zone,time,usd_per_hour\n{rows}")
}

/// When which price began in which zone, in hours.
fn changes(scenario: &Scenario) -> Vec<(u64, String, u64)> {
    let mut facts = Vec::new();
    sim::run(&scenario.setup, Root { seed: 1, replication: 0 }, &mut facts);
    let model = &scenario.setup.model;
    let changes = facts.iter().filter_map(|(at, fact)| match *fact {
        Fact::PriceChanged { offering, price } => {
            let zone = model.names.text(model.catalog.offerings[offering].zone);
            Some((at.as_ms() / 3_600_000, zone.replace("us-east-1", ""), price.0))
        }
        _ => None,
    });
    changes.collect()
}

fn named(changes: &[(u64, &str, u64)]) -> Vec<(u64, String, u64)> {
    changes.iter().map(|(at, zone, price)| (*at, (*zone).to_owned(), *price)).collect()
}

/// What is assumed under an id.
fn assumed(scenario: &Scenario, id: &str) -> Option<String> {
    scenario.assumptions.iter().find(|it| it.id == id).map(|it| it.text.clone())
}

/// The codes that are found, each with its file, line and column.
fn places(found: &Diagnostics) -> Vec<(&'static str, String, (usize, usize))> {
    let of = |it: &scenarios::Diagnostic| {
        let place = it.place.as_ref().expect("a place");
        (it.code, place.file.clone(), place.line_column())
    };
    found.iter().map(of).collect()
}

const TWO_ZONES: &str = "\
m6i.large,us-east-1a,1h,0.03
m6i.large,us-east-1b,2h,0.04
m6i.large,us-east-1a,3h,0.031
m6i.large,us-east-1a,4h,0.031
m6i.large,us-east-1a,6h,0.0325
m6i.large,us-east-1b,13h,0.05
m6i.large,us-east-1c,1h,0.99
";

#[test]
fn time_begins_when_everything_has_a_price() {
    let scenario = sound(&table(TWO_ZONES), "");
    let expected = [(0, "a", 30_000), (0, "b", 40_000), (1, "a", 31_000), (4, "a", 32_500)];
    assert_eq!(changes(&scenario), named(&expected), "11 h are beyond the horizon");
    let text = assumed(&scenario, "replayed-prices").unwrap();
    assert_eq!(text, "spot prices are those of prices, and T+0 is 2h");
    assert_eq!(assumed(&scenario, "price-gaps"), None);
}

#[test]
fn time_begins_where_the_scenario_says() {
    let scenario = sound(&table(TWO_ZONES), ", start: 4h30m");
    let expected = [(0, "a", 31_000), (0, "b", 40_000), (1, "a", 32_500), (8, "b", 50_000)];
    assert_eq!(changes(&scenario), named(&expected));
    // Before its first record an offering costs what the record says.
    let early = sound(&table(TWO_ZONES), ", start: 1h");
    assert_eq!(changes(&early)[..2], named(&[(0, "a", 30_000), (0, "b", 40_000)]));
}

#[test]
fn a_region_stands_for_all_its_zones() {
    let rows =
        "m6i.large,us-east-1,2026-05-05,0.03\nm6i.large,us-east-1,2026-05-05T04:00:00Z,0.04\n";
    let scenario = sound(&table(rows), "");
    let expected = [(0, "a", 30_000), (0, "b", 30_000), (4, "a", 40_000), (4, "b", 40_000)];
    let mut found = changes(&scenario);
    found.sort();
    assert_eq!(found, named(&expected));
    assert!(
        assumed(&scenario, "replayed-prices").unwrap().ends_with("T+0 is 2026-05-05T00:00:00Z")
    );
}

fn record(zone: &str, product: &str, price: &str, time: &str) -> String {
    format!(
        r#"{{"AvailabilityZone": "us-east-1{zone}", "InstanceType": "m6i.large",
        "ProductDescription": "{product}", "SpotPrice": "{price}", "Timestamp": "{time}"}}"#
    )
}

/// Newest first, the last one a repeat, and prices of another system between them.
#[test]
fn what_aws_prints_is_read_as_it_is() {
    let records = [
        record("a", "Linux/UNIX", "0.031000", "2026-05-05T06:00:00+00:00"),
        record("a", "Windows", "0.120000", "2026-05-05T05:00:00+00:00"),
        record("b", "Linux/UNIX", "0.040000", "2026-05-05T02:00:00+00:00"),
        record("a", "Linux/UNIX", "0.030000", "2026-05-05T02:00:00+00:00"),
        record("a", "Linux/UNIX", "0.030000", "2026-05-04T02:00:00+00:00"),
    ];
    let list = format!("[{}]", records.join(", "));
    for file in [format!("{{\"SpotPriceHistory\": {list}}}"), list] {
        let scenario = sound(&file, "");
        let expected = [(0, "a", 30_000), (0, "b", 40_000), (4, "a", 31_000)];
        assert_eq!(changes(&scenario), named(&expected));
        let [left_out] = &scenario.unmodelled[..] else { panic!("{:?}", scenario.unmodelled) };
        assert_eq!((left_out.what.as_str(), left_out.count), ("spot prices of Windows", 1));
    }
}

#[test]
fn silence_is_listed_with_its_length() {
    let rows = "m6i.large,us-east-1,0s,0.03\nm6i.large,us-east-1,3d,0.04\n";
    let text = format!("{SHOP}market: {{prices: {{model: replay, file: prices}}}}\n");
    let text = text.replace("10h", "10d").replace(", us-east-1b", "");
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("prices"), table(rows)).expect("room for a file");
    let source = Source { file: "shop.yaml".into(), text: Arc::from(text) };
    let scenario = Scenario::parse(&source, Some(folder.path())).expect("a sound scenario");
    let gaps = assumed(&scenario, "price-gaps").unwrap();
    assert!(
        gaps.contains("2 times, the longest for 7d from 3d on (m6i.large, us-east-1a)"),
        "{gaps}"
    );
}

#[test]
fn every_mistake_is_found_at_its_place() {
    let rows = "\
m6i.large,us-east-1a,2h,-0.03
m6i.large,us-east-1a,2h,cheap
m6i.large,us-east-1a,2h,NaN
m6i.large,us-east-1a,2h,0
m6i.large,us-east-1a,2h,20000
m6i.large,us-east-1a,yesterday,0.03
m6i.large,us-east-1a,2026-05-05,0.03
m6i.large,us-east-1b,3h,0.03
m6i.large,us-east-1b,2h,0.03
m6i.large,us-east-1b,3h,0.04
m6i.large,us-east-1b,3h
";
    let found = parse(&table(rows), "").err().expect("eleven mistakes");
    let at = |code, line, column| (code, "prices".to_owned(), (line, column));
    let expected = [
        at("E0602", 2, 25),
        at("E0602", 3, 25),
        at("E0602", 4, 25),
        at("E0602", 5, 25),
        at("E0602", 6, 25),
        at("E0601", 7, 22),
        at("E0601", 8, 22),
        at("E0603", 10, 22),
        at("E0603", 11, 22),
        at("E0601", 12, 1),
    ];
    assert_eq!(places(&found), expected);
}

#[test]
fn mistakes_are_not_shown_without_end() {
    let rows = "m6i.large,us-east-1a,2h,-1\n".repeat(5_000);
    let found = parse(&table(&rows), "").err().expect("wrong prices");
    assert_eq!(found.iter().count(), 11);
    assert!(found.iter().any(|it| it.message == "4990 more mistakes in prices"));
}

#[test]
fn json_that_is_no_history_is_refused_at_its_place() {
    let cases = [
        (r#"{"SpotPriceHistory": [{"AvailabilityZone""#.to_owned(), "E0002", 1),
        ("{\n  \"Items\": []\n}".to_owned(), "E0601", 3),
        ("[\n{\"SpotPrice\": \"0.1\"}]".to_owned(), "E0601", 2),
        (format!("[\n\n{}]", record("a", "Linux/UNIX", "-1", "2026-05-05T02:00:00Z")), "E0602", 4),
        ("{\"SpotPriceHistory\": []}".to_owned(), "E0604", 1),
    ];
    for (file, code, line) in cases {
        let found = parse(&file, "").err().expect("a mistake");
        let [(found_code, _, (found_line, _))] = &places(&found)[..] else { panic!("{found}") };
        assert_eq!((*found_code, *found_line), (code, line), "{found}");
    }
}

#[test]
fn what_the_history_lacks_is_an_error_unless_allowed() {
    let rows = table("m6i.large,us-east-1a,0s,0.03\n");
    let found = parse(&rows, "").err().expect("no price in us-east-1b");
    assert_eq!(places(&found)[0].0, "E0605");
    assert!(found.to_string().contains("the file has it in us-east-1a"), "{found}");
    let scenario = sound(&rows, ", ifMissing: listed-price");
    assert_eq!(changes(&scenario), named(&[(0, "a", 30_000)]));
    let text = assumed(&scenario, "missing-prices").unwrap();
    assert!(text.contains("m6i.large in us-east-1b"), "{text}");
}

#[test]
fn options_fit_their_model_and_their_file() {
    for (options, code) in
        [(", start: 9d", "E0204"), (", start: 2026-05-05", "E0204"), (", start: soon", "E0204")]
    {
        let found = parse(&table(TWO_ZONES), options).err().expect("a mistake");
        assert_eq!(places(&found)[0].0, code, "{found}");
    }
    for prices in ["{model: replay}", "{file: prices.csv}", "{ifMissing: error}"] {
        let text = format!("{SHOP}market: {{prices: {prices}}}\n");
        let source = Source { file: "shop.yaml".into(), text: Arc::from(text) };
        let found = Scenario::parse(&source, None).err().expect("a mistake");
        assert_eq!(places(&found)[0].0, "E0204", "{found}");
    }
}

#[test]
fn a_maximum_price_is_for_spot_where_there_is_one() {
    let with = |pool: &str, provider: &str| {
        let box_of = "instanceTypes: [{name: box, cpu: 2, memory: 8Gi, onDemandPrice: 0.1, spotPrice: 0.05}]";
        let text = format!(
            "apiVersion: spotsim/v1\nname: shop\nhorizon: 1d\nregion: r\nprovider: {provider}\n\
             pools: [{{name: p, count: 1, {pool}, {box_of}, maxPrice: 0.07}}]\n"
        );
        Scenario::parse(&Source { file: "shop.yaml".into(), text: Arc::from(text) }, None)
    };
    for provider in ["aws", "azure", "generic"] {
        let scenario = with("capacityType: spot", provider).unwrap_or_else(|it| panic!("{it}"));
        let pool = scenario.setup.model.pools.rows().next().expect("a pool");
        assert_eq!(pool.limits.max_price.map(|price| price.0), Some(70_000));
    }
    for (pool, provider) in [("capacityType: spot", "gcp"), ("capacityType: on-demand", "aws")] {
        let found = with(pool, provider).err().expect("a mistake");
        assert_eq!(places(&found)[0].0, "E0606", "{found}");
    }
}

#[test]
fn the_calendar_is_that_of_the_prices() {
    let history = table(
        "m6i.large,us-east-1a,2026-05-05T06:00:00Z,0.03\n\
         m6i.large,us-east-1b,2026-05-05T07:00:00Z,0.04\n",
    );
    let nightly = "workloads: [{name: night, kind: CronJob, schedule: \"*/5 * * * *\", \
                   template: {containers: [{name: app}]}}]\n";
    let at = |start: &str| parse_with(&history, "", &format!("{nightly}startTime: {start}\n"));
    let agreed = at("2026-05-05T07:00:00Z").unwrap_or_else(|errors| panic!("{errors}"));
    assert!(agreed.warnings.is_empty(), "{}", agreed.warnings);
    let errors = at("2026-06-01").err().expect("an error");
    assert_eq!(places(&errors), [("E0204", "shop.yaml".into(), (10, 12))]);
    let text = errors.to_string();
    for part in ["2026-06-01T00:00:00Z", "2026-05-05T07:00:00Z of prices", "market.prices.start"] {
        assert!(text.contains(part), "{text}");
    }
}

/// A scenario from elsewhere may name any file of the machine: of one that is no table nothing is
/// printed.
#[test]
fn a_file_that_is_no_table_is_not_quoted() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("shadow"), "root:*:19000:0:99999:7:::\n").expect("a file");
    let base = "apiVersion: spotsim/v1\nname: a\nhorizon: 1h\nregion: us-east-1\npools:\n- {name: p, \
                count: 1, capacityType: spot, instanceTypes: [m6i.large]}\n";
    for (market, code) in [
        ("{prices: {model: replay, file: shadow}}", "E0601"),
        (
            "{reclaims: {model: replay, traces: [{file: shadow, instanceType: m6i.large, zone: \
             us-east-1a}]}}",
            "E0704",
        ),
    ] {
        let text = format!("{base}market: {market}\n");
        let source = Source { file: "s.yaml".into(), text: text.into() };
        let found = Scenario::parse(&source, Some(folder.path())).err().expect("no table");
        let said = found.render(false);
        assert!(said.contains(code) && said.contains("shadow") && !said.contains("root"), "{said}");
    }
}
