//! `spotsim explain`: what a field, a code, an assumption or a provider means.

use std::io::Write;

use anyhow::anyhow;
use scenarios::explain::{Topic, topics};

use crate::Outcome;
use crate::args::ExplainArgs;
use crate::failure::Failure;

/// Prints the page of a topic, or the list of all.
pub(crate) fn run(args: &ExplainArgs) -> Outcome {
    let text = match &args.topic {
        None => topics(),
        Some(name) => {
            Topic::named(name).map_err(|unknown| not_known(name, unknown.nearest))?.to_string()
        }
    };
    write!(anstream::stdout().lock(), "{text}")?;
    Ok(())
}

fn not_known(name: &str, nearest: Option<String>) -> Failure {
    let advice = nearest.map_or_else(
        || "see `spotsim explain` for the topics there are".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Failure::Usage(anyhow!("there is nothing to explain about `{name}`: {advice}"))
}
