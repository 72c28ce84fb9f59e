//! `spotsim demo`: a useful answer without a file, an account or a network.

use std::io::Write;

use reports::export::manifest::Origin;
use scenarios::Scenario;

use super::run::{Kept, simulate};
use crate::Outcome;
use crate::args::DemoArgs;
use crate::failure::Failure;

/// Simulates a bundled scenario, or prints it.
pub(crate) fn run(args: &DemoArgs) -> Outcome {
    if args.print {
        let bundled = scenarios::LIBRARY.iter().find(|(name, _)| *name == args.scenario);
        let (_, text) = bundled.expect("the argument parser accepts bundled names only");
        write!(anstream::stdout().lock(), "{text}")?;
        return Ok(());
    }
    let json = args.how.is_json();
    let scenario = Scenario::library(&args.scenario)
        .map_err(|diagnostics| Failure::Input { diagnostics, json })?;
    simulate(&scenario, Origin::Bundled(args.scenario.clone()), &args.how, Kept::Nowhere).map(drop)
}
