//! `spotsim explain`: what a topic means, why a pod is where it is, or what a cost is made of.

mod cost;
mod node;
mod pod;

use std::fmt::Display;
use std::io::Write;

use anyhow::anyhow;
use reports::glossary::{self, Figure};
use scenarios::explain::{Topic, topics};
use serde::Serialize;
use serde_json::json;

use crate::Outcome;
use crate::args::{ExplainArgs, ExplainOutput};
use crate::failure::Failure;
use crate::terminal;

/// Explains a pod or a cost, prints the page of a topic, or lists all topics.
pub(crate) fn run(args: &ExplainArgs) -> Outcome {
    let text = match &args.topic {
        None => topics() + &figures(),
        Some(name) if name == "cost" => return cost::run(args),
        Some(name) if name.starts_with("node/") => {
            return node::run(name.trim_start_matches("node/"), args);
        }
        Some(name) => match name.strip_prefix("pod/") {
            Some(pod) => return pod::run(pod, args),
            None if !args.cluster.is_empty() || args.run.is_some() => return Err(not_a_pod(name)),
            None => match (Topic::named(name), glossary::named(name)) {
                (Ok(topic), _) => topic.to_string(),
                (_, Some(figure)) => page(&figure),
                (Err(unknown), None) => return Err(not_known(name, unknown.nearest)),
            },
        },
    };
    terminal::print(&text)
}

/// Prints why a pod or a node is where it is.
fn show(explanation: &(impl Display + Serialize), output: ExplainOutput) -> Outcome {
    let mut stdout = terminal::stdout();
    match output {
        ExplainOutput::Table => write!(stdout, "{explanation}")?,
        ExplainOutput::Json => {
            let mut text = json!({"schema": "spotsim/explain/v1"});
            let body =
                serde_json::to_value(explanation).map_err(|e| Failure::Internal(e.into()))?;
            if let (Some(text), Some(body)) = (text.as_object_mut(), body.as_object()) {
                text.extend(body.clone());
            }
            writeln!(stdout, "{text:#}")?;
        }
    }
    Ok(())
}

/// What a figure means.
fn page(figure: &Figure) -> String {
    let mut text = format!("FIGURE  {}\n\n  {}\n", figure.label, figure.means);
    if !figure.also.is_empty() {
        text += &format!("\nALSO\n  {}\n", figure.also.join("; "));
    }
    text
}

/// A list of all figures that a run prints.
fn figures() -> String {
    let labels: Vec<&str> = glossary::all().map(|figure| figure.label).collect();
    format!("\nFIGURES that a run prints\n  {}\n", labels.join("; "))
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
