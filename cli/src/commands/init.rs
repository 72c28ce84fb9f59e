//! `spotsim init`: a scenario to start from, and the schema that editors check it with.

use std::io::Write;

use scenarios::init;
use scenarios::template::{SCHEMA_FILE, template};

use super::import;
use crate::Outcome;
use crate::args::InitArgs;
use crate::failure::Failure;
use crate::terminal;

/// Writes a commented scenario, never over another file.
pub(crate) fn run(args: &InitArgs) -> Outcome {
    if !args.from.is_empty() {
        return import::write(&args.from, &args.scenario, args.provider, args.force);
    }
    let (text, quantiles) = if args.synthetic || !args.like.is_empty() {
        let drawn = match args.like.is_empty() {
            true => init::synthetic(args.provider),
            false => init::like(&args.like, args.provider),
        };
        let drawn = drawn.map_err(|diagnostics| Failure::Input { diagnostics, json: false })?;
        (drawn.scenario, drawn.quantiles)
    } else {
        (template(args.provider), Vec::new())
    };
    let schema = args.scenario.with_file_name(SCHEMA_FILE);
    let files = [
        (args.scenario.clone(), text),
        (schema.clone(), format!("{:#}\n", scenarios::schema::schema())),
    ];
    let what = if spotsim::write_files(&files, args.force)? { "Wrote" } else { "Found" };
    if !quantiles.is_empty() {
        writeln!(terminal::stderr(), "Drawn   quantiles of the dump / of what is drawn:")?;
    }
    for line in &quantiles {
        writeln!(terminal::stderr(), "        {line}")?;
    }
    let scenario = args.scenario.display();
    writeln!(
        terminal::stderr(),
        "{what}   {scenario}, and {} for your editor\n\
         Next    spotsim run {scenario}\n        \
         spotsim explain pools          what its fields mean",
        schema.display(),
    )?;
    Ok(())
}
