//! Replaying a trace gives back exactly its own transitions.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use sim::market::reclaims::replay::Replay;
use sim::model::catalog::OfferingId;
use sim::providers;
use sim::table::Id;
use sim::{SimTime, Span};

use crate::fleet::{Fleet, ROOT};
use crate::{Bound, DataError, Experiment, Row, data};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "replay",
    about: "replaying each trace of capacity gives back exactly its own transitions",
    run,
};

fn run(folder: &Path) -> Result<Vec<Row>, DataError> {
    let mut rows = Vec::new();
    for pool in data::pools(folder)? {
        let expected = transitions(&pool.trace);
        let got = transitions(&replayed(&pool).held(ROOT));
        let same = expected.iter().filter(|step| got.binary_search(step).is_ok()).count();
        // A transition too many is a miss as well.
        let extra = got.len() - same.min(got.len());
        rows.push(Row {
            what: pool.pool_id.clone(),
            expected: expected.len() as f64,
            got: same as f64 - extra as f64,
            bound: Bound::Within(0.0),
            decimals: 0,
        });
    }
    Ok(rows)
}

/// A fleet that wants as many as the trace ever held, and gets what it held. Its provider says so
/// beforehand, as Amazon does.
pub(crate) fn replayed(pool: &data::Pool) -> Fleet {
    let provider = providers::named("aws").expect("aws is modelled");
    let traces = BTreeMap::from([(OfferingId::from_index(0), pool.trace.clone())]);
    Fleet {
        size: pool.trace.iter().map(|(_, count)| *count).max().unwrap_or(0),
        reclaims_per_hour: 0.0,
        scarce: false,
        provider,
        reclaims: Arc::new(Replay { traces, notice: provider.notice }),
        // What happens at the horizon is outside.
        horizon: pool.duration() + Span::from_ms(1),
    }
}

/// The moments at which a count changes, with what it is then.
fn transitions(steps: &[(SimTime, u32)]) -> Vec<(SimTime, u32)> {
    let mut steps = steps.to_vec();
    steps.dedup_by_key(|(_, count)| *count);
    steps
}
