//! Finishing: the draft is checked, and what a run of it comes to is estimated.

use std::path::Path;
use std::sync::Arc;

use sim::Setup;

use super::Place;
use super::lower::Lowered;
use super::read::Read;
use super::understand::Understood;
use crate::Scenario;
use crate::assumption::Assumption;
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::estimate::{Estimate, Places};
use crate::origin::Origin;
use crate::tree::Step;
use crate::unmodelled::Tally;

/// What is made of all that was read.
pub(super) struct Finished {
    setup: Setup,
    assumptions: Vec<Assumption>,
    estimate: Estimate,
    understood: Vec<String>,
}

/// Checks what was lowered; nothing if that is wrong, or was before.
pub(super) fn finish(
    read: &Read,
    understood: &Understood<'_>,
    lowered: Option<Lowered>,
    place: Place<'_>,
    found: &mut Diagnostics,
) -> Option<Finished> {
    let Lowered { draft, assumptions } = lowered.filter(|_| !found.has_errors())?;
    let setup = match draft.check() {
        Ok(setup) => setup,
        Err(error) => {
            let span = place.1.at(&[Step::Key("horizon".into())]).span.clone();
            found.push(Diagnostic::new("E0204", error.to_string()).at(place.0, span));
            return None;
        }
    };
    let workloads = &understood.workloads;
    let places = Places { scenario: place, workloads, inline: read.workloads.len() };
    let estimate = Estimate::of(&setup, places);
    let cluster = understood.cluster.as_ref();
    let understood = cluster.map(|it| it.understood()).unwrap_or_default();
    Some(Finished { setup, assumptions, estimate, understood })
}

impl Finished {
    /// The scenario.
    pub(super) fn scenario(
        self,
        read: Read,
        (source, folder): (&Source, Option<&Path>),
        tally: Tally,
        warnings: Diagnostics,
    ) -> Scenario {
        let Finished { setup, assumptions, estimate, understood } = self;
        Scenario {
            name: read.file.name,
            description: read.file.description,
            seed: read.file.seed,
            inputs: read.inputs,
            setup,
            assumptions,
            warnings,
            unmodelled: tally.into_list(),
            understood,
            estimate,
            today: read.today.map(Arc::new),
            origin: Origin::new(source, folder),
        }
    }
}
