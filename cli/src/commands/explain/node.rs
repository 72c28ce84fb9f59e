//! `spotsim explain node/NAME --run DIR`: why a node is still there, and what would let it go.

use std::io::Write;

use anyhow::anyhow;
use serde_json::json;
use spotsim::KeptRun;

use crate::Outcome;
use crate::args::{ExplainArgs, ExplainOutput};
use crate::consent;
use crate::failure::Failure;
use crate::terminal;

/// Explains a node of a run.
pub(crate) fn run(name: &str, args: &ExplainArgs) -> Outcome {
    let Some(folder) = &args.run else {
        let help = "pass a run that was kept with --run DIR";
        return Err(Failure::Usage(anyhow!("it is not known where node {name} is: {help}")));
    };
    let kept = KeptRun::open(folder)?;
    let scenario = kept.scenario(None)?;
    consent::admit(&scenario, 1, 1, (args.large, false))?;
    let explanation = kept.explain_node(&scenario, name, args.at)?;
    let mut stdout = terminal::stdout();
    match args.output {
        ExplainOutput::Table => write!(stdout, "{explanation}")?,
        ExplainOutput::Json => {
            let mut text = json!({"schema": "spotsim/explain/v1"});
            let body =
                serde_json::to_value(&explanation).map_err(|e| Failure::Internal(e.into()))?;
            if let (Some(text), Some(body)) = (text.as_object_mut(), body.as_object()) {
                text.extend(body.clone());
            }
            writeln!(stdout, "{text:#}")?;
        }
    }
    Ok(())
}
