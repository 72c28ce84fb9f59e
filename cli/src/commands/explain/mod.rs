//! `spotsim explain`: what a topic means, why a pod is where it is, or what a cost is made of.

mod cost;
mod pod;
mod replay;

use std::io::Write;

use anyhow::anyhow;
use scenarios::explain::{Topic, topics};

use crate::Outcome;
use crate::args::ExplainArgs;
use crate::failure::Failure;

/// Explains a pod or a cost, prints the page of a topic, or lists all topics.
pub(crate) fn run(args: &ExplainArgs) -> Outcome {
    let text = match &args.topic {
        None => topics(),
        Some(name) if name == "cost" => return cost::run(args),
        Some(name) => match name.strip_prefix("pod/") {
            Some(pod) => return pod::run(pod, args),
            None if !args.cluster.is_empty() || args.run.is_some() => return Err(not_a_pod(name)),
            None => {
                Topic::named(name).map_err(|unknown| not_known(name, unknown.nearest))?.to_string()
            }
        },
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

fn not_a_pod(name: &str) -> Failure {
    Failure::Usage(anyhow!("`{name}` is not a pod: write pod/NAMESPACE/NAME, or cost"))
}
