//! How a pool goes back to its size: what the scenario says, and what is assumed of the rest.

use sim::Span;
use sim::model::pool::{Allocation, Fallback, OnDemandPart, Refill, ReplaceAt, ZoneSpread};
use sim::providers::refills;

use super::Lowering;
use crate::assumption;
use crate::file::{self, refill};
use crate::tree::Step;

/// How long a pool is without spot until it makes do with on-demand, by default.
const AFTER: Span = Span::from_secs(300);
/// How long there has to be spot until it goes back, by default.
const HYSTERESIS: Span = Span::from_secs(1_800);

impl Lowering<'_> {
    /// How a pool heals whose templates from this one on are on-demand beside spot.
    pub(super) fn refill(
        &mut self,
        pool: &file::Pool,
        templates_from: usize,
        place: &dyn Fn(&str) -> [Step; 3],
    ) -> Refill {
        self.refuse_what_is_for_spot(pool, place);
        let like = pool.refill.as_ref().and_then(|it| {
            let name = serde_json::to_value(it.like).ok()?;
            refills::named(name.as_str()?)
        });
        let allocation = match pool.allocation {
            Some(refill::Allocation::Diversified) => Allocation::Diversified,
            Some(refill::Allocation::LowestPrice) => Allocation::LowestPrice,
            Some(refill::Allocation::CapacityOptimized) => Allocation::CapacityOptimized,
            Some(refill::Allocation::PriceCapacityOptimized) => Allocation::PriceCapacityOptimized,
            None => like.map_or(Allocation::Diversified, |it| it.allocation),
        };
        let usual = like.map_or(ReplaceAt::Loss, |it| it.replace_at);
        let replace_at = match pool.replace_at {
            Some(refill::ReplaceAt::Loss) => ReplaceAt::Loss,
            Some(refill::ReplaceAt::Notice) => ReplaceAt::Notice,
            Some(refill::ReplaceAt::Recommendation) => ReplaceAt::Recommendation,
            None => usual,
        };
        let part = pool.on_demand.as_ref().map_or((0, 0), |part| (part.base, part.percent_above));
        let (base, percent_above) = part;
        // Durations were checked against the schema.
        let or = |said: &Option<String>, usual: Span| {
            said.as_ref().and_then(|text| Span::parse(text).ok()).unwrap_or(usual)
        };
        let fallback = pool.fallback.as_ref().map(|said| Fallback {
            after: or(&said.after, AFTER),
            hysteresis: or(&said.hysteresis, HYSTERESIS),
        });
        let part = OnDemandPart { templates_from, base, percent_above };
        let refill = Refill {
            allocation,
            back_off: like.and_then(|it| it.back_off),
            on_demand: pool.buys_both().then_some(part),
            fallback,
            replace_at,
            reaction: like.and_then(|it| it.reaction),
            zones: like.map_or(ZoneSpread::Balanced, |it| it.zones),
            avoids_taken_for: like.and_then(|it| it.avoids_taken_for),
            terminates_drained: like.is_some_and(|it| it.terminates_drained),
        };
        self.assume_of_refill(pool, like, &refill);
        refill
    }

    /// On-demand nodes are never taken, and only AWS says that a node is at risk.
    fn refuse_what_is_for_spot(&mut self, pool: &file::Pool, place: &dyn Fn(&str) -> [Step; 3]) {
        let said = [
            ("onDemand", pool.on_demand.is_some()),
            ("fallback", pool.fallback.is_some()),
            ("replaceAt", pool.replace_at.is_some()),
        ];
        for (field, _) in said.iter().filter(|(_, said)| *said) {
            if !pool.buys_spot() {
                let message = format!("`{field}` is for spot; pool `{}` buys on-demand", pool.name);
                let help = "leave it out, or set `capacityType: spot`".to_owned();
                self.error("E0208", &place(field), message, Some(help));
            }
        }
        let recommended = pool.replace_at == Some(refill::ReplaceAt::Recommendation);
        if recommended && !self.provider.recommends {
            let name = self.provider.name;
            let message = format!("{name} does not say that a node is at risk before its notice");
            let help = "write `replaceAt: notice` or `replaceAt: loss`".to_owned();
            self.error("E0208", &place("replaceAt"), message, Some(help));
        }
    }

    /// Says how pools replace what they lose where that is not stated.
    pub(super) fn assume_of_replacement(&mut self) {
        let usual = |it: &Refill| {
            it.allocation == Allocation::Diversified && it.replace_at == ReplaceAt::Loss
        };
        // An autoscaler launches for pods that wait, not for nodes that are lost.
        let mut fixed = self.model.pools.rows().filter(|pool| pool.autoscaled().is_none());
        if fixed.any(|pool| usual(pool.refill())) {
            self.assumptions.push(assumption::POOL_REPLACEMENT.about(&[]));
        }
    }

    fn assume_of_refill(
        &mut self,
        pool: &file::Pool,
        like: Option<&refills::RefillProfile>,
        refill: &Refill,
    ) {
        let name = pool.name.as_str();
        if !pool.buys_spot() {
            return;
        }
        match refill.allocation {
            Allocation::CapacityOptimized => {
                self.assumptions.push(assumption::DEPTH.about(&[name]));
            }
            Allocation::PriceCapacityOptimized => {
                self.assumptions.push(assumption::DEEP_POOLS.about(&[name]));
            }
            Allocation::Diversified | Allocation::LowestPrice => {}
        }
        if let Some(like) = like {
            let who = format!("{name} ({})", like.name);
            let about = [who.as_str(), like.when_refused];
            self.assumptions.push(assumption::WHEN_REFUSED.about(&about));
            self.assumptions.push(assumption::REACTION.about(&[&who, like.acts]));
            if pool.replace_at.is_none() {
                let about = [who.as_str(), like.when_taken];
                self.assumptions.push(assumption::WHEN_TAKEN.about(&about));
            }
        }
        if let (Some(said), Some(rule)) = (&pool.fallback, refill.fallback)
            && (said.after.is_none() || said.hysteresis.is_none())
        {
            let about = [name, &rule.after.to_string(), &rule.hysteresis.to_string()];
            self.assumptions.push(assumption::FALLBACK_TIMES.about(&about));
        }
    }
}

#[cfg(test)]
mod tests {
    use sim::model::catalog::CapacityType;
    use sim::model::pool::{Part, PoolId};
    use sim::providers::refills::REFILLS;
    use sim::table::Id;

    use super::*;
    use crate::Scenario;
    use crate::diagnostic::Source;

    fn scenario(pool: &str) -> Scenario {
        let text = format!(
            "apiVersion: spotsim/v1\nname: x\nhorizon: 7d\nregion: us-east-1\npools:\n  - {{name: a, \
             count: 6, capacityType: spot, instanceTypes: [m6i.large, m5.large], {pool}}}\n"
        );
        let source = Source { file: "x.yaml".into(), text: text.into() };
        Scenario::parse(&source, None).unwrap_or_else(|errors| panic!("{}", errors.render(false)))
    }

    #[test]
    fn every_profile_can_be_written() {
        for known in REFILLS {
            let scenario = scenario(&format!("refill: {{like: {}}}", known.name));
            let refill = scenario.setup.model.pools[PoolId::from_index(0)].refill();
            assert_eq!(refill.back_off, known.back_off, "{}", known.name);
            assert_eq!(refill.replace_at, known.replace_at, "{}", known.name);
            assert_eq!(refill.reaction, known.reaction, "{}", known.name);
            assert_eq!(refill.allocation, known.allocation, "{}", known.name);
            assert_eq!(refill.terminates_drained, known.terminates_drained, "{}", known.name);
        }
    }

    /// Each type is there twice, each time with the labels of how it is bought.
    #[test]
    fn a_pool_of_two_parts_has_templates_of_both() {
        let scenario = scenario("onDemand: {base: 2, percentAbove: 25}, fallback: {after: 1m}");
        let model = &scenario.setup.model;
        let pool = &model.pools[PoolId::from_index(0)];
        assert_eq!((pool.wanted_on_demand(), pool.templates.len()), (3, 4));
        let rule = Fallback { after: Span::from_secs(60), hysteresis: HYSTERESIS };
        assert_eq!(pool.refill().fallback, Some(rule));
        let key = model.names.find("karpenter.sh/capacity-type").expect("a label of all nodes");
        for (part, bought, label) in [
            (Part::Main, CapacityType::Spot, "spot"),
            (Part::OnDemand, CapacityType::OnDemand, "on-demand"),
        ] {
            for template in &pool.templates[pool.templates_of(part)] {
                let offering = &model.catalog.offerings[template.offering];
                assert_eq!(offering.capacity_type, bought);
                let value = template.shape.labels.get(key).map(|name| model.names.text(name));
                assert_eq!(value, Some(label));
            }
        }
        let assumed: Vec<&str> = scenario.assumptions.iter().map(|it| it.id).collect();
        assert!(assumed.contains(&"fallback-times"), "{assumed:?}");
    }
}
