//! Pools that heal, by hand: what is asked for when, and what is given back. And what must hold in any
//! market.

use crate::common;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use common::{LIST_PRICE, facts, setup, simple};
use proptest::prelude::*;
use sim::fact::Cause;
use sim::market::reclaims::{CapacityPath, Reclaims};
use sim::market::{Batch, Episode, MarketEvent};
use sim::model::Model;
use sim::model::catalog::{Capacity, CapacityType, Offering, OfferingId};
use sim::model::node::NodeId;
use sim::model::pool::{
    Allocation, BackOff, Fallback, Keeper, NodeTemplate, OnDemandPart, PoolId, Reaction, Refill,
    ReplaceAt, ZoneSpread,
};
use sim::providers::{BootTime, Provider};
use sim::table::Id;
use sim::{Fact, MicroUsdPerHour, Root, Setup, SimTime, Span};

const ROOT: Root = Root { seed: 1, replication: 0 };
const POOL: usize = 0;

/// A market in which this happens: at which second, to which offering, what.
#[derive(Clone)]
struct Script(Vec<(u64, usize, MarketEvent)>);

impl Reclaims for Script {
    fn name(&self) -> &'static str {
        "script"
    }

    fn open(&self, _: Root, _: &Model, _: f64) -> Box<dyn CapacityPath> {
        let mut moves: BTreeMap<OfferingId, VecDeque<(SimTime, MarketEvent)>> = BTreeMap::new();
        for (second, offering, what) in &self.0 {
            let offering = OfferingId::from_index(*offering);
            moves.entry(offering).or_default().push_back((at(*second), *what));
        }
        Box::new(Moves(moves))
    }
}

struct Moves(BTreeMap<OfferingId, VecDeque<(SimTime, MarketEvent)>>);

impl CapacityPath for Moves {
    fn next_event(&mut self, offering: OfferingId) -> Option<(SimTime, MarketEvent)> {
        self.0.get_mut(&offering)?.pop_front()
    }

    fn batch(&self, _: OfferingId, _: Episode, _: u32) -> Batch {
        Batch::One
    }
}

const EPISODE: Episode = Episode { key: 1, announced: Some(true) };
const TAKES: MarketEvent = MarketEvent::Reclaim(EPISODE);
const WARNS: MarketEvent = MarketEvent::RebalanceRecommendation(EPISODE);
const NONE_LEFT: MarketEvent = MarketEvent::CapacityChanges(Capacity::Exhausted);
const AMPLE: MarketEvent = MarketEvent::CapacityChanges(Capacity::Ample);

fn at(second: u64) -> SimTime {
    SimTime::ZERO + Span::from_secs(second)
}

const fn minutes(minutes: u64) -> Span {
    Span::from_secs(60 * minutes)
}

/// One pool of that size in that many zones, on spot, and on-demand beside that: offerings are
/// numbered by zone, spot first. Launches take a minute and notices two.
fn pool(size: u32, zones: usize, refill: Refill, script: &[(u64, usize, MarketEvent)]) -> Setup {
    let mut plan = simple(0.0, size, Span::from_hours(3));
    plan.pools[POOL].zones = zones;
    plan.workloads[0].shutdown = Span::from_secs(30);
    let mut setup = setup(&plan);
    let mut model = Model::clone(&setup.model);
    let id = PoolId::from_index(POOL);
    for index in 0..zones {
        let NodeTemplate { offering, shape } = model.pools[id].templates[index].clone();
        let on_demand = Offering {
            capacity_type: CapacityType::OnDemand,
            price: LIST_PRICE,
            ..model.catalog.offerings[offering].clone()
        };
        let offering = model.catalog.offerings.push(on_demand);
        model.pools[id].templates.push(NodeTemplate { offering, shape });
    }
    let part = OnDemandPart { templates_from: zones, base: 0, percent_above: 0 };
    let refill = Refill { on_demand: refill.on_demand.or(Some(part)), ..refill };
    model.pools[id].keeper = Keeper::FixedSize { size, refill };
    setup.change(|it| it.model = Arc::new(model)).expect("sound");
    let minute = Span::from_secs(60);
    let boot = BootTime { median: minute, p95: minute };
    let notice = Span::from_secs(120);
    setup
        .change(|it| {
            it.provider = Box::leak(Box::new(Provider { boot, notice, ..it.provider.clone() }))
        })
        .expect("sound");
    setup.change(|it| it.market.reclaims = Arc::new(Script(script.to_vec()))).expect("sound");
    setup
}

/// What happened to the pool after `T+0`, in seconds and words.
fn story(setup: &Setup) -> Vec<(u64, String)> {
    let lines = facts(setup, ROOT).0.into_iter().filter_map(|(at, fact)| {
        let words = match fact {
            Fact::NodeLaunched { node, offering, .. } => {
                format!("{} launched: {}", node.number(), offering.number())
            }
            Fact::LaunchRefused { offering, .. } => format!("refused: {}", offering.number()),
            Fact::NodeReady { node } => format!("{} ready", node.number()),
            Fact::NodeCordoned { node } => format!("{} cordoned", node.number()),
            Fact::NoticeGiven { node, .. } => format!("{} noticed", node.number()),
            Fact::NodeGone { node, why, .. } => format!("{} gone: {why:?}", node.number()),
            Fact::PoolFellBack { node, .. } => format!("{} fell back", node.number()),
            Fact::ReplacementLaunched { node, replaces, back_to_spot } => {
                let back = if back_to_spot { ", back" } else { "" };
                format!("{} for {}{back}", node.number(), replaces.number())
            }
            _ => return None,
        };
        (at > SimTime::ZERO).then_some((at.as_ms() / 1_000, words))
    });
    lines.collect()
}

fn story_of(expected: &[(u64, &str)]) -> Vec<(u64, String)> {
    expected.iter().map(|(second, words)| (*second, (*words).to_owned())).collect()
}

/// How many nodes of each offering there are at `T+0`.
fn born(setup: &Setup) -> BTreeMap<u32, u32> {
    let mut born = BTreeMap::new();
    for (at, fact) in facts(setup, ROOT).0 {
        if let (Fact::NodeLaunched { offering, .. }, SimTime::ZERO) = (fact, at) {
            *born.entry(offering.number()).or_default() += 1;
        }
    }
    born
}

/// The same pool at other prices and reclaim rates of its spot offerings.
fn at_prices(mut setup: Setup, figures: &[(u64, f64)]) -> Setup {
    let mut model = Model::clone(&setup.model);
    for (index, (price, rate)) in figures.iter().enumerate() {
        let offering = &mut model.catalog.offerings[OfferingId::from_index(index)];
        (offering.price, offering.reclaims_per_hour) = (MicroUsdPerHour(*price), *rate);
    }
    setup.change(|it| it.model = Arc::new(model)).expect("sound");
    setup
}

/// All offerings of the pool in one zone, as if each were of a type of its own.
fn in_one_zone(mut setup: Setup) -> Setup {
    let mut model = Model::clone(&setup.model);
    let zone = model.catalog.offerings[OfferingId::from_index(0)].zone;
    for id in model.catalog.offerings.ids().collect::<Vec<_>>() {
        let own = model.catalog.instance_type(id).clone();
        model.catalog.offerings[id].instance_type = model.catalog.instance_types.push(own);
        model.catalog.offerings[id].zone = zone;
    }
    setup.change(|it| it.model = Arc::new(model)).expect("sound");
    setup
}

/// Three offerings of a zone: the first cheap and often reclaimed, the second less so, the third dear
/// and calm.
#[test]
fn each_strategy_has_its_favourite() {
    let figures = [(10, 0.5), (20, 0.15), (30, 0.1)];
    let expected: [(Allocation, &[(u32, u32)]); 4] = [
        (Allocation::Diversified, &[(0, 2), (1, 2), (2, 1)]),
        (Allocation::LowestPrice, &[(0, 5)]),
        (Allocation::CapacityOptimized, &[(2, 5)]),
        // Reclaimed at most twice as often as the calmest: the second and the third.
        (Allocation::PriceCapacityOptimized, &[(1, 5)]),
    ];
    for (allocation, born_of) in expected {
        let refill = Refill { allocation, ..Refill::default() };
        let setup = at_prices(in_one_zone(pool(5, 3, refill, &[])), &figures);
        assert_eq!(born(&setup), born_of.iter().copied().collect(), "{allocation:?}");
    }
}

/// Whatever the strategy prefers, zones are balanced first, on-demand nodes included; unless nodes are
/// where pods want them, and those do not care.
// Amazon EC2 Auto Scaling User Guide, "Availability Zone distribution"
#[test]
fn zones_are_balanced_before_a_strategy_chooses() {
    let figures = [(10, 0.5), (20, 0.15), (30, 0.1)];
    let strategies = [
        Allocation::Diversified,
        Allocation::LowestPrice,
        Allocation::CapacityOptimized,
        Allocation::PriceCapacityOptimized,
    ];
    for allocation in strategies {
        let part = OnDemandPart { templates_from: 3, base: 3, percent_above: 0 };
        let refill = Refill { allocation, on_demand: Some(part), ..Refill::default() };
        let setup = at_prices(pool(9, 3, refill, &[]), &figures);
        let mut in_zone = BTreeMap::new();
        for (offering, nodes) in born(&setup) {
            // Offerings are numbered by zone, spot first.
            *in_zone.entry(offering % 3).or_insert(0) += nodes;
        }
        assert_eq!(in_zone, BTreeMap::from([(0, 3), (1, 3), (2, 3)]), "{allocation:?}");
    }
    let zones = ZoneSpread::AsPods;
    let refill = Refill { allocation: Allocation::LowestPrice, zones, ..Refill::default() };
    let setup = at_prices(pool(9, 3, refill, &[]), &figures);
    assert_eq!(born(&setup), BTreeMap::from([(0, 9)]));
}

/// Four types in three zones and six nodes: two in each zone, and none of the types is passed over.
#[test]
fn diversified_buys_every_type() {
    let mut setup = pool(6, 12, Refill::default(), &[]);
    let mut model = Model::clone(&setup.model);
    let zones: Vec<OfferingId> = (0..3).map(Id::from_index).collect();
    let zones: Vec<_> = zones.iter().map(|it| model.catalog.offerings[*it].zone).collect();
    let own = model.catalog.instance_types[Id::from_index(0)].clone();
    let types: Vec<_> = (0..4).map(|_| model.catalog.instance_types.push(own.clone())).collect();
    for index in 0..12 {
        let offering = &mut model.catalog.offerings[OfferingId::from_index(index)];
        (offering.instance_type, offering.zone) = (types[index / 3], zones[index % 3]);
    }
    setup.change(|it| it.model = Arc::new(model)).expect("sound");
    let born = born(&setup);
    let of = |what: &dyn Fn(u32) -> u32| {
        let mut counts = BTreeMap::new();
        born.iter().for_each(|(it, nodes)| *counts.entry(what(*it)).or_insert(0) += nodes);
        counts
    };
    assert_eq!(of(&|it| it % 3), BTreeMap::from([(0, 2), (1, 2), (2, 2)]), "by zone");
    assert_eq!(of(&|it| it / 3).len(), 4, "by type: {born:?}");
    assert!(of(&|it| it / 3).values().all(|nodes| *nodes <= 2), "by type: {born:?}");
}

/// As Karpenter: a node is terminated when it is drained, and what was taken is not asked for again for
/// three minutes.
#[test]
fn what_is_being_taken_is_not_asked_for() {
    let refill = Refill {
        replace_at: ReplaceAt::Notice,
        zones: ZoneSpread::AsPods,
        allocation: Allocation::LowestPrice,
        avoids_taken_for: Some(minutes(3)),
        terminates_drained: true,
        back_off: Some(BackOff {
            first: minutes(3),
            most: minutes(3),
            forgotten_after: Span::ZERO,
            of_the_pool: false,
        }),
        ..Refill::default()
    };
    let expected = [
        (880, "0 noticed"),
        (880, "0 cordoned"),
        (880, "1 launched: 1"),
        // Its pods take 30 s to stop, and the notice 120 s.
        (910, "0 gone: Drained"),
        (940, "1 ready"),
    ];
    let setup = at_prices(pool(1, 2, refill, &[(880, 0, TAKES)]), &[(10, 0.0), (20, 0.0)]);
    assert_eq!(story(&setup), story_of(&expected));
    let expected = [
        (880, "0 noticed"),
        (880, "0 cordoned"),
        (910, "0 gone: Drained"),
        (1_060, "1 launched: 0"),
        (1_120, "1 ready"),
    ];
    assert_eq!(story(&pool(1, 1, refill, &[(880, 0, TAKES)])), story_of(&expected));
}

/// Where the favourite is refused the next is asked; when nothing is left the request stays open.
#[test]
fn a_strategy_goes_on_to_the_next_and_then_waits() {
    let refill = Refill { allocation: Allocation::LowestPrice, ..Refill::default() };
    let script = [(800, 0, NONE_LEFT), (880, 0, TAKES), (2_000, 1, NONE_LEFT), (2_000, 1, TAKES)];
    let mut script = script.to_vec();
    script.push((3_000, 1, AMPLE));
    let setup = at_prices(pool(1, 2, refill, &script), &[(10, 0.0), (20, 0.0)]);
    let expected = [
        (880, "0 noticed"),
        (880, "0 cordoned"),
        (1_000, "0 gone: Reclaimed"),
        (1_000, "refused: 0"),
        (1_000, "1 launched: 1"),
        (1_060, "1 ready"),
        (2_000, "1 noticed"),
        (2_000, "1 cordoned"),
        (2_120, "1 gone: Reclaimed"),
        (2_120, "refused: 1"),
        (3_000, "2 launched: 1"),
        (3_060, "2 ready"),
    ];
    assert_eq!(story(&setup), story_of(&expected));
}

/// Launches of a pool that loses nodes at these seconds, if it reacts like this.
fn launches(reaction: Reaction, losses: &[u64]) -> Vec<u64> {
    let refill = Refill { reaction: Some(reaction), ..Refill::default() };
    let script: Vec<(u64, usize, MarketEvent)> = losses
        .iter()
        .map(|second| {
            (*second, 0, MarketEvent::Reclaim(Episode { key: *second, announced: Some(false) }))
        })
        .collect();
    let story = story(&pool(30, 1, refill, &script));
    let launched = story.into_iter().filter(|(_, words)| words.contains("launched"));
    launched.map(|(second, _)| second).collect()
}

/// Karpenter waits for a quiet second, ten at most; Cluster Autoscaler looks five seconds later. Nodes
/// are gone two minutes after it was decided.
#[test]
fn a_pool_takes_time_to_react() {
    let seconds =
        |idle, most| Reaction { idle: Span::from_secs(idle), most: Span::from_secs(most) };
    let (karpenter, autoscaler) = (seconds(1, 10), seconds(5, 5));
    assert_eq!(launches(karpenter, &[880]), [1_001]);
    assert_eq!(launches(karpenter, &[880, 883]), [1_001, 1_004]);
    // One each second keeps the window open, for ten.
    let many: Vec<u64> = (880..900).collect();
    let together = [vec![1_010; 11], vec![1_020; 9]].concat();
    assert_eq!(launches(karpenter, &many), together);
    assert_eq!(launches(autoscaler, &[880, 883, 890]), [1_005, 1_005, 1_015]);
}

/// Two on-demand and a quarter of what is above, in the plan and in its on-demand twin.
#[test]
fn a_part_is_bought_on_demand() {
    let part = OnDemandPart { templates_from: 2, base: 2, percent_above: 25 };
    let refill = Refill { on_demand: Some(part), ..Refill::default() };
    let setup = pool(7, 2, refill, &[]);
    // Four of seven, spread over both zones, and three on spot.
    let expected = BTreeMap::from([(0, 2), (1, 1), (2, 2), (3, 2)]);
    assert_eq!(born(&setup), expected);
    assert_eq!(born(&setup.on_demand()), expected, "the same templates at another price");
}

/// Who backs off asks when the pause is over, and hears of no capacity before.
#[test]
fn a_refusal_is_followed_by_a_pause() {
    let karpenter = BackOff {
        first: minutes(3),
        most: minutes(3),
        forgotten_after: Span::ZERO,
        of_the_pool: false,
    };
    let autoscaler = BackOff {
        first: minutes(5),
        most: minutes(30),
        forgotten_after: minutes(180),
        of_the_pool: true,
    };
    let asked = |rule: BackOff, back_at: u64| -> Vec<u64> {
        let refill = Refill { back_off: Some(rule), ..Refill::default() };
        let script = [(800, 0, NONE_LEFT), (880, 0, TAKES), (back_at, 0, AMPLE)];
        let story = story(&pool(1, 1, refill, &script));
        let asks = story.iter().filter(|(_, it)| it.contains("refused") || it.contains("launched"));
        asks.map(|(second, _)| *second).collect()
    };
    assert_eq!(asked(karpenter, 1_400), [1_000, 1_180, 1_360, 1_540]);
    assert_eq!(asked(autoscaler, 5_000), [1_000, 1_300, 1_900, 3_100, 4_900, 6_700]);
}

const FALLBACK: Fallback = Fallback { after: minutes(5), hysteresis: minutes(30) };

/// After five minutes without spot it makes do with on-demand. Spot comes, goes, and comes again:
/// only when it has been there for half an hour, the pool goes back.
#[test]
fn a_pool_falls_back_and_returns_once() {
    let refill = Refill { fallback: Some(FALLBACK), ..Refill::default() };
    let script = [
        (800, 0, NONE_LEFT),
        (880, 0, TAKES),
        (2_000, 0, AMPLE),
        (2_500, 0, NONE_LEFT),
        (3_000, 0, AMPLE),
    ];
    let expected = [
        (880, "0 noticed"),
        (880, "0 cordoned"),
        (1_000, "0 gone: Reclaimed"),
        (1_000, "refused: 0"),
        (1_300, "1 launched: 1"),
        (1_300, "1 fell back"),
        (1_360, "1 ready"),
        (4_800, "2 launched: 0"),
        (4_800, "2 for 1, back"),
        (4_860, "2 ready"),
        (4_860, "1 cordoned"),
        // Its pods take 30 s to stop.
        (4_890, "1 gone: Released"),
    ];
    let setup = pool(1, 1, refill, &script);
    assert_eq!(story(&setup), story_of(&expected));
    // Without patience it goes to and fro with the market.
    let hasty = Fallback { hysteresis: Span::ZERO, ..FALLBACK };
    let refill = Refill { fallback: Some(hasty), ..refill };
    let story = story(&pool(1, 1, refill, &script));
    assert!(story.contains(&(2_000, "2 for 1, back".into())), "{story:?}");
}

/// A node at risk stays until another is ready, and is then drained and given back.
#[test]
fn a_node_at_risk_is_replaced_first() {
    let refill = Refill { replace_at: ReplaceAt::Recommendation, ..Refill::default() };
    let expected = [
        (500, "1 launched: 1"),
        (500, "1 for 0"),
        (560, "1 ready"),
        (560, "0 cordoned"),
        (590, "0 gone: Released"),
    ];
    assert_eq!(story(&pool(1, 2, refill, &[(500, 0, WARNS)])), story_of(&expected));
    // Where the notice comes first the drain does, too, and no node is replaced twice. What the drain
    // leaves is a node without pods: it is given back before it is taken.
    let expected = [
        (500, "1 launched: 1"),
        (500, "1 for 0"),
        (510, "0 noticed"),
        (510, "0 cordoned"),
        (560, "1 ready"),
        (560, "0 gone: Released"),
    ];
    let script = [(500, 0, WARNS), (510, 0, TAKES)];
    assert_eq!(story(&pool(1, 2, refill, &script)), story_of(&expected));
}

/// Replaced at the notice, a pool is short for the boot less the notice: here for no time.
#[test]
fn a_node_may_be_replaced_at_its_notice() {
    let refill = Refill { replace_at: ReplaceAt::Notice, ..Refill::default() };
    let expected = [
        (880, "0 noticed"),
        (880, "0 cordoned"),
        (880, "1 launched: 0"),
        (940, "1 ready"),
        (1_000, "0 gone: Reclaimed"),
    ];
    assert_eq!(story(&pool(1, 1, refill, &[(880, 0, TAKES)])), story_of(&expected));
}

fn refill() -> impl Strategy<Value = Refill> {
    let allocations = vec![
        Allocation::Diversified,
        Allocation::LowestPrice,
        Allocation::CapacityOptimized,
        Allocation::PriceCapacityOptimized,
    ];
    let times = vec![ReplaceAt::Loss, ReplaceAt::Notice, ReplaceAt::Recommendation];
    let back_off = (1_u64..10, any::<bool>()).prop_map(|(first, of_the_pool)| BackOff {
        first: minutes(first),
        most: minutes(20),
        forgotten_after: minutes(60),
        of_the_pool,
    });
    let fallback = (0_u64..20, 0_u64..40).prop_map(|(after, hysteresis)| Fallback {
        after: minutes(after),
        hysteresis: minutes(hysteresis),
    });
    let part = (0_u32..4, 0_u32..101);
    let reaction = (0_u64..20, 0_u64..60).prop_map(|(idle, most)| Reaction {
        idle: Span::from_secs(idle),
        most: Span::from_secs(most),
    });
    let chosen = (prop::sample::select(allocations), prop::sample::select(times));
    let rules =
        (prop::option::of(back_off), prop::option::of(fallback), part, prop::option::of(reaction));
    (chosen, rules, any::<(bool, bool)>()).prop_map(
        |(
            (allocation, replace_at),
            (back_off, fallback, (base, percent_above), reaction),
            (taken, drained),
        )| {
            Refill {
                allocation,
                back_off,
                on_demand: Some(OnDemandPart { templates_from: 2, base, percent_above }),
                fallback,
                replace_at,
                reaction,
                zones: ZoneSpread::Balanced,
                avoids_taken_for: taken.then_some(minutes(3)),
                terminates_drained: drained,
            }
        },
    )
}

/// An hour of anything, in two zones.
fn market() -> impl Strategy<Value = Vec<(u64, usize, MarketEvent)>> {
    let moves = vec![
        TAKES,
        TAKES,
        WARNS,
        WARNS,
        AMPLE,
        NONE_LEFT,
        MarketEvent::CapacityChanges(Capacity::Contended { open: false }),
        MarketEvent::CapacityChanges(Capacity::Contended { open: true }),
        MarketEvent::CapacityChanges(Capacity::Holds(1)),
        MarketEvent::Reclaim(Episode { announced: Some(false), ..EPISODE }),
    ];
    let one = (0_u64..3_600, 0_usize..2, prop::sample::select(moves));
    prop::collection::vec(one, 0..60).prop_map(|mut script| {
        script.extend([(3_600, 0, AMPLE), (3_600, 1, AMPLE)]);
        script.sort_by_key(|it| it.0);
        script
    })
}

proptest! {
    #![proptest_config(testing::cases(512))]

    /// A pool never has more nodes than its size and those that are being replaced or taken; and
    /// when the market has been calm for long enough, it has its size, and as many of them
    /// on-demand as it wants.
    #[test]
    fn a_pool_goes_back_to_what_it_wants(
        size in 1_u32..6, refill in refill(), script in market(),
    ) {
        let mut setup = pool(size, 2, refill, &script);
        // So long that much happens meanwhile.
        let boot = BootTime { median: minutes(5), p95: minutes(5) };
        setup.change(|it| it.provider = Box::leak(Box::new(Provider { boot, ..it.provider.clone() }))).expect("sound");
        let (facts, _) = facts(&setup, ROOT);
        let mut alive: BTreeMap<NodeId, OfferingId> = BTreeMap::new();
        let mut going: BTreeSet<NodeId> = BTreeSet::new();
        for (at, fact) in &facts {
            match *fact {
                Fact::NodeLaunched { node, offering, .. } => {
                    alive.insert(node, offering);
                }
                Fact::ReplacementLaunched { replaces, .. } => {
                    going.insert(replaces);
                }
                Fact::NoticeGiven { node, .. } => {
                    going.insert(node);
                }
                Fact::NodeGone { node, why, .. } => {
                    let is_its_own = matches!(why, Cause::Released | Cause::Drained);
                    prop_assert!(!is_its_own || going.contains(&node));
                    alive.remove(&node);
                }
                _ => continue,
            }
            let leave = alive.keys().filter(|node| going.contains(node)).count();
            let launched_for_it = matches!(fact, Fact::NodeLaunched { .. });
            let stay = alive.len() - leave;
            prop_assert!(
                launched_for_it || stay <= size as usize,
                "{stay} of {size} stay at {at}"
            );
        }
        let on_demand = alive.values().filter(|it| it.number() >= 2).count();
        let wanted = setup.model.pools[PoolId::from_index(POOL)].wanted_on_demand();
        prop_assert_eq!(alive.len(), size as usize);
        prop_assert_eq!(on_demand, wanted as usize, "no substitute is left");
    }
}
