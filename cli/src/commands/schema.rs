//! `spotsim schema`: the formats of our files, generated from the types that read and write them.

use std::io::Write;

use crate::Outcome;
use crate::args::{SchemaArgs, SchemaOf};

/// Prints a JSON Schema.
pub(crate) fn run(args: SchemaArgs) -> Outcome {
    let schema = match args.of {
        SchemaOf::Scenario => scenarios::schema::schema().clone(),
        SchemaOf::Summary => reports::schema(),
    };
    writeln!(anstream::stdout().lock(), "{schema:#}")?;
    Ok(())
}
