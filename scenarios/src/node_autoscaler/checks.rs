//! What a pool that follows demand says, and cannot mean: numbers out of range, budgets that are none,
//! requirements without values.

use sim::Span;

use super::{Settling, at};
use crate::cron::Cron;
use crate::diagnostic::did_you_mean;
use crate::file::node_autoscaler::{Requirement, RequirementOperator};
use crate::file::{Keeper, Pool};
use crate::tree::Step;

use super::requirements;

/// A length of time, or none where a text says `Never`.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(crate) fn never_or(text: &str) -> Result<Option<Span>, String> {
    if text == "Never" {
        return Ok(None);
    }
    Span::parse(text).map(Some).map_err(|wrong| {
        let near = did_you_mean(text, ["Never"]);
        near.map_or(wrong, |near| format!("`{text}` is not a duration; did you mean `{near}`?"))
    })
}

impl Settling<'_> {
    /// Adds what is wrong with a pool that follows demand.
    pub(super) fn check(&mut self, index: usize, pool: &Pool) {
        self.sizes(index, pool);
        self.durations(index, pool);
        self.budgets(index, pool);
        self.requirements(index, pool);
        self.limits(index, pool);
    }

    fn sizes(&mut self, index: usize, pool: &Pool) {
        let (min, max) = (pool.min_size.unwrap_or(0), pool.max_size.unwrap_or(u32::MAX));
        if min > max {
            let message = format!(
                "pool `{}` has at least {min} nodes (`minSize`) and at most {max} (`maxSize`)",
                pool.name
            );
            self.say("E1202", &at(index, "minSize"), message, "make `minSize` the smaller one");
        }
        let initial = pool.nodes_at_start();
        if pool.keeper == Keeper::ClusterAutoscaler && initial > max {
            let message = format!(
                "pool `{}` begins with {initial} nodes, and has at most {max} (`maxSize`)",
                pool.name
            );
            self.say("E1202", &at(index, "count"), message, "begin with fewer, or allow more");
        }
    }

    fn durations(&mut self, index: usize, pool: &Pool) {
        if let Some(Err(wrong)) = pool.expire_after.as_deref().map(never_or) {
            let message = format!("`expireAfter`: {wrong}");
            self.say("E1202", &at(index, "expireAfter"), message, "write `720h` or `Never`");
        }
        let after = pool.disruption.as_ref().and_then(|it| it.consolidate_after.as_deref());
        if let Some(Err(wrong)) = after.map(never_or) {
            let path = [&at(index, "disruption")[..], &[Step::from("consolidateAfter")]].concat();
            let message = format!("`consolidateAfter`: {wrong}");
            self.say("E1202", &path, message, "write `30s` or `Never`");
        }
    }

    // Karpenter: pkg/apis/v1/nodepool.go, the rules of Budget
    fn budgets(&mut self, index: usize, pool: &Pool) {
        let budgets = pool.disruption.as_ref().and_then(|it| it.budgets.as_deref());
        for (number, budget) in budgets.unwrap_or_default().iter().enumerate() {
            let place = |field: &str| {
                let list = [Step::from("budgets"), Step::from(number), Step::from(field)];
                [&at(index, "disruption")[..], &list].concat()
            };
            let nodes = budget.nodes.text();
            let digits = nodes.strip_suffix('%').unwrap_or(&nodes);
            let share = nodes.ends_with('%');
            let is_one = digits.parse::<u32>().is_ok_and(|number| !share || number <= 100);
            if !is_one {
                let message =
                    format!("a budget of `nodes: {nodes}` is neither a number nor a share");
                self.say("E1203", &place("nodes"), message, "write `nodes: 3` or `nodes: 10%`");
            }
            match (&budget.schedule, &budget.duration) {
                (Some(schedule), Some(_)) => {
                    if let Err(wrong) = Cron::parse(schedule) {
                        let message = format!("the `schedule` of a budget: {wrong}");
                        let help = "write five fields, in UTC: `0 9 * * mon-fri`; a budget whose schedule \
                                    cannot be read lets no node go";
                        self.say("E1203", &place("schedule"), message, help);
                    }
                }
                (Some(_), None) => {
                    let message = "a budget with a `schedule` has no `duration`".to_owned();
                    self.say(
                        "E1203",
                        &place("schedule"),
                        message,
                        "say for how long: `duration: 8h`",
                    );
                }
                (None, Some(_)) => {
                    let message = "a budget with a `duration` has no `schedule`".to_owned();
                    let help = "say from when on: `schedule: 0 9 * * mon-fri`";
                    self.say("E1203", &place("duration"), message, help);
                }
                (None, None) => {}
            }
        }
    }

    // Karpenter: pkg/apis/v1/nodepool_validation.go validateRequirements
    fn requirements(&mut self, index: usize, pool: &Pool) {
        for (number, requirement) in requirements::of(pool).iter().enumerate() {
            if let Some(wrong) = contradiction(requirement) {
                let path = [&at(index, "requirements")[..], &[Step::from(number)]].concat();
                let message =
                    format!("requirement `{}`: {wrong}", requirements::written(requirement));
                let help = "write it as a NodePool does: {key, operator, values}";
                self.say("E1202", &path, message, help);
            }
        }
    }

    fn limits(&mut self, index: usize, pool: &Pool) {
        for (resource, amount) in &pool.limits {
            if let Err(wrong) = crate::quantity::Quantity::parse(&amount.text()) {
                let path = [&at(index, "limits")[..], &[Step::from(resource.as_str())]].concat();
                let message = format!("limit of `{resource}`: {wrong}");
                self.say("E1202", &path, message, "write a quantity: `cpu: 100`, `memory: 400Gi`");
            }
        }
    }
}

/// What is wrong with a requirement in itself.
fn contradiction(requirement: &Requirement) -> Option<String> {
    let values = &requirement.values;
    match requirement.operator {
        RequirementOperator::In | RequirementOperator::NotIn => {
            values.is_empty().then(|| "it lists no value".to_owned())
        }
        RequirementOperator::Exists | RequirementOperator::DoesNotExist => {
            (!values.is_empty()).then(|| "it has values, which it does not compare with".to_owned())
        }
        RequirementOperator::Gt
        | RequirementOperator::Lt
        | RequirementOperator::Gte
        | RequirementOperator::Lte => {
            let is_number = values.len() == 1 && values[0].parse::<u32>().is_ok();
            (!is_number).then(|| "it wants one value, a whole number of 0 or more".to_owned())
        }
    }
    .or_else(|| {
        let wanted = requirement.min_values?;
        let is_list = requirement.operator == RequirementOperator::In;
        let too_few = is_list && usize::try_from(wanted).is_ok_and(|wanted| wanted > values.len());
        too_few.then(|| format!("`minValues` is {wanted}, and it lists {}", values.len()))
    })
}
