//! The state of a pool: what it has, what it has asked for, and what it was refused.

use super::allocation::{self, Candidate};
use crate::model::Model;
use crate::model::node::NodeId;
use crate::model::pod::PodSpec;
use crate::model::pool::{Allocation, BackOff, Part, Pool, PoolId, Reaction, ZoneSpread};
use crate::time::{SimTime, Span};
use crate::world::World;

/// A request for an instance that has not been granted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Request {
    /// Since when the pool has been short of it.
    pub(super) since: SimTime,
    /// The one template it is for, if no other will do.
    pub(super) template: Option<usize>,
}

/// For how long a pool does not ask for a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Skip {
    /// Until then.
    Until(SimTime),
    /// Until there is some.
    UntilGranted,
}

/// The state of a pool.
#[derive(Clone, Debug)]
pub(super) struct PoolState {
    pool: PoolId,
    /// How many instances of each template it has, without those that are being replaced.
    pub(super) held: Vec<u32>,
    /// What it was refused, in the order of its requests.
    pub(super) open: Vec<Request>,
    /// Which templates it does not ask for now.
    skipped: Vec<Option<Skip>>,
    /// When each template was refused last, and for how long it was then skipped.
    refusals: Vec<Option<(SimTime, Span)>>,
    /// Since when each template could be had without interruption.
    pub(super) steady_since: Vec<Option<SimTime>>,
    /// When it will be asked next.
    pub(super) due: Option<SimTime>,
    /// What it has noticed and not acted on yet.
    pub(super) window: Option<Window>,
    /// Whether zones come before the strategy.
    balances_zones: bool,
}

/// A pool is short of instances, and waits whether there will be more of that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Window {
    /// Since when.
    pub(super) opened: SimTime,
    /// When it acts.
    pub(super) closes: SimTime,
}

impl PoolState {
    pub(super) fn new(pool: PoolId, model: &Model) -> PoolState {
        let spec = &model.pools[pool];
        let templates = spec.templates.len();
        PoolState {
            pool,
            held: vec![0; templates],
            open: Vec::new(),
            skipped: vec![None; templates],
            refusals: vec![None; templates],
            steady_since: vec![None; templates],
            due: None,
            window: None,
            balances_zones: match spec.refill().zones {
                ZoneSpread::Balanced => true,
                ZoneSpread::AsPods => model.specs.iter().any(|spec| spreads_zones(spec, model)),
            },
        }
    }

    /// It has an instance more, or one less.
    pub(super) fn count(&mut self, world: &World, node: NodeId, one_more: bool) {
        let template = world.model().pools[self.pool].template_of(world.nodes().offering(node));
        let held = &mut self.held[template.expect("a pool has what it launches")];
        *held = if one_more { *held + 1 } else { *held - 1 };
    }

    /// How many instances it has of a part.
    pub(super) fn held_of(&self, spec: &Pool, part: Part) -> u32 {
        self.held[spec.templates_of(part)].iter().sum()
    }

    /// How many on-demand instances stand instead of spot.
    pub(super) fn substitutes(&self, spec: &Pool) -> u32 {
        self.held_of(spec, Part::OnDemand).saturating_sub(spec.wanted_on_demand())
    }

    /// The part of it that is short of an instance, if it is.
    pub(super) fn short_of(&self, spec: &Pool) -> Option<Part> {
        let on_demand = self.held_of(spec, Part::OnDemand);
        let open = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
        if self.held_of(spec, Part::Main) + on_demand + open >= spec.size() {
            return None;
        }
        let part = if on_demand < spec.wanted_on_demand() { Part::OnDemand } else { Part::Main };
        Some(part)
    }

    /// It may be short of one more instance: when it acts on that.
    pub(super) fn lacks(&mut self, spec: &Pool, rule: Reaction, now: SimTime) {
        if self.short_of(spec).is_some() {
            let opened = self.window.map_or(now, |window| window.opened);
            let closes = (now + rule.idle).min(opened + rule.most);
            self.window = Some(Window { opened, closes });
        }
    }

    /// The template of a part that it would launch now, of those that will do.
    pub(super) fn choice(
        &self,
        world: &World,
        part: Part,
        will_do: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let spec = &world.model().pools[self.pool];
        let asked = |template: usize| {
            let open = self.open.iter().filter(|request| request.template == Some(template));
            u32::try_from(open.count()).unwrap_or(u32::MAX)
        };
        let held: Vec<u32> =
            (0..spec.templates.len()).map(|it| self.held[it] + asked(it)).collect();
        let offerings = &world.model().catalog.offerings;
        let offered = |template: usize| &offerings[spec.templates[template].offering];
        let held_where = |is: &dyn Fn(usize) -> bool| -> u32 {
            held.iter().enumerate().filter(|(it, _)| is(*it)).map(|(_, held)| held).sum()
        };
        let candidates = spec.templates_of(part).filter(|template| will_do(*template));
        let mut candidates: Vec<Candidate> = candidates
            .map(|template| {
                let own = offered(template);
                Candidate {
                    template,
                    offering: spec.templates[template].offering,
                    held: held[template],
                    held_in_zone: held_where(&|it| offered(it).zone == own.zone),
                    held_of_type: held_where(&|it| offered(it).instance_type == own.instance_type),
                }
            })
            .collect();
        if self.balances_zones {
            candidates = allocation::in_emptiest_zones(candidates);
        }
        // EC2 Fleet and Karpenter take the cheapest on-demand instance.
        let allocation = match (part, spec.refill().allocation) {
            (Part::OnDemand, it) if it != Allocation::Diversified => Allocation::LowestPrice,
            (_, allocation) => allocation,
        };
        allocation::first(world, allocation, &candidates)
    }

    /// Whether it asks for a template at all now.
    pub(super) fn asks_for(&self, template: usize, now: SimTime) -> bool {
        match self.skipped[template] {
            None => true,
            Some(Skip::Until(until)) => until <= now,
            Some(Skip::UntilGranted) => false,
        }
    }

    /// It was refused an instance, and does not ask for it for a while: until there is some, if it
    /// does not back off.
    pub(super) fn skip(&mut self, spec: &Pool, template: usize, now: SimTime) {
        let Some(rule) = spec.refill().back_off else {
            self.skipped[template] = Some(Skip::UntilGranted);
            return;
        };
        let pause = pause(&rule, self.refusals[template], now);
        let all = if rule.of_the_pool { 0..self.skipped.len() } else { template..template + 1 };
        for template in all {
            self.skipped[template] = Some(Skip::Until(now + pause));
            self.refusals[template] = Some((now, pause));
        }
    }

    /// The provider takes what it has of a template, which it does not ask for until then.
    pub(super) fn avoid(&mut self, template: usize, until: SimTime) {
        match &mut self.skipped[template] {
            Some(Skip::UntilGranted) => {}
            Some(Skip::Until(other)) => *other = until.max(*other),
            free => *free = Some(Skip::Until(until)),
        }
    }

    /// There is some of a template again.
    pub(super) fn ask_again(&mut self, template: usize) {
        self.skipped[template] = None;
    }

    /// When it next asks for something that it does not ask for now.
    pub(super) fn asks_again_at(&self, spec: &Pool) -> Option<SimTime> {
        let ends = spec.templates_of(Part::Main).filter_map(|template| {
            let Some(Skip::Until(until)) = self.skipped[template] else { return None };
            Some(until)
        });
        ends.min()
    }
}

/// Whether pods of a spec are to be spread over zones, or kept apart by them.
fn spreads_zones(spec: &PodSpec, model: &Model) -> bool {
    let is_zone = |key| model.zone_keys[2..].contains(&model.selectors.key(key));
    let preferred = spec.pod_affinity.preferred.iter().filter(|(weight, _)| *weight < 0);
    let apart = spec.pod_affinity.required_anti.iter().chain(preferred.map(|(_, term)| term));
    spec.spread.iter().any(|it| is_zone(it.key)) || apart.into_iter().any(|it| is_zone(it.key))
}

/// How long a refusal keeps from asking.
fn pause(rule: &BackOff, last: Option<(SimTime, Span)>, now: SimTime) -> Span {
    match last {
        Some((at, pause)) if now.since(at) < rule.forgotten_after => {
            Span::from_ms(pause.as_ms() * 2).min(rule.most)
        }
        _ => rule.first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five minutes, ten, twenty, thirty, thirty; and five again after three hours of quiet.
    #[test]
    fn a_back_off_doubles_and_is_forgotten() {
        let minutes = |m: u64| Span::from_secs(60 * m);
        let rule = BackOff {
            first: minutes(5),
            most: minutes(30),
            forgotten_after: minutes(180),
            of_the_pool: true,
        };
        let (mut now, mut last) = (SimTime::ZERO, None);
        let mut pauses = Vec::new();
        for wait in [0, 5, 10, 20, 30, 179, 180] {
            now = now + minutes(wait);
            let pause = pause(&rule, last, now);
            last = Some((now, pause));
            pauses.push(pause.as_ms() / 60_000);
        }
        assert_eq!(pauses, [5, 10, 20, 30, 30, 30, 5]);
    }
}
