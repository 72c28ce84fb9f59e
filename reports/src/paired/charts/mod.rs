//! The charts of a comparison: what changes, how the bill changes, how single runs differ, and how sure
//! the difference is.

mod converges;
mod differences;
mod runs;
mod waterfall;

use sim::terms::metrics::{Figure, Metric};

use super::{Compared, Difference, Plan};
use crate::chart::Chart;
use crate::charts::front::{self, Point, Rank};
use crate::metrics::Column;
use crate::settings::pareto;

/// The names of charts of what changes, one for each plan but the first. Further plans have none.
const DIFFERENCES: [&str; 6] = [
    "differences",
    "differences-2",
    "differences-3",
    "differences-4",
    "differences-5",
    "differences-6",
];

/// What changes from the first plan to one of the others, the first of which has number 0.
pub(super) fn of_plan(compared: &Compared, number: usize, rows: &[Difference]) -> Option<Chart> {
    let (name, plan) = (DIFFERENCES.get(number)?, compared.plans.get(number + 1)?);
    differences::chart(name, compared, plan, rows)
}

/// How the bill of the first plan becomes that of another.
pub(super) fn of_bill(compared: &Compared, plan: &Plan) -> Option<Chart> {
    waterfall::chart(compared, plan)
}

/// The plans against each other: what each costs and disrupts.
pub(super) fn of_plans(compared: &Compared) -> Option<Chart> {
    let mean = |plan: &Plan, figure| {
        plan.measured.named(Metric::of(figure).key).and_then(Column::estimate).map(|it| it.mean)
    };
    let point =
        |plan: &Plan| Some((mean(plan, Figure::CostMonthly)?, mean(plan, Figure::PodsDisrupted)?));
    let points: Vec<(f64, f64)> = compared.plans.iter().map(point).collect::<Option<_>>()?;
    let on_front = pareto(&points);
    let points = compared.plans.iter().zip(&points).enumerate();
    let points = points.map(|(index, (plan, (cost, disrupted)))| Point {
        name: plan.name.clone(),
        cost: *cost,
        disrupted: *disrupted,
        rank: if on_front.contains(&index) { Rank::Front } else { Rank::Beaten },
    });
    let points: Vec<Point> = points.collect();
    let subtitle = format!(
        "Means of {} replications. The axis of cost does not begin at zero",
        compared.replications
    );
    Some(front::chart(&points, "plan", subtitle, source(compared)))
}

/// How far single runs differ, and how sure the difference of a plan from the first is.
pub(super) fn of_uncertainty(compared: &Compared, plan: &Plan) -> Vec<Chart> {
    [runs::chart(compared), converges::chart(compared, plan)].into_iter().flatten().collect()
}

/// Where the data of a chart come from.
fn source(compared: &Compared) -> String {
    let Compared { seed, replications, version, .. } = compared;
    format!("{replications} paired replications · seed {seed} · spotsim {version}")
}

/// The monthly cost of a plan, in each replication.
fn costs(plan: &Plan) -> Vec<f64> {
    let column = plan.measured.named(Metric::of(Figure::CostMonthly).key);
    column.into_iter().flat_map(Column::each).flatten().collect()
}
