//! `spotsim explain cost --run DIR`: a run, made again, and where every cent of it comes from.

use std::io::Write;
use std::path::Path;

use anyhow::anyhow;
use reports::cost::trace::Focus;
use spotsim::{KeptRun, RECORDED};

use crate::Outcome;
use crate::args::{ExplainArgs, ExplainOutput};
use crate::consent;
use crate::failure::Failure;
use crate::terminal;

/// Traces the cost of the run in the folder that the arguments name.
pub(crate) fn run(args: &ExplainArgs) -> Outcome {
    let Some(folder) = &args.run else {
        let help = "pass the folder of a run with --run DIR";
        return Err(Failure::Usage(anyhow!("which cost is not said: {help}")));
    };
    if args.at.is_some() {
        let what = anyhow!("a cost is of the whole run: leave --at out");
        return Err(Failure::Usage(what));
    }
    traced(folder, args)
}

fn traced(folder: &Path, args: &ExplainArgs) -> Outcome {
    let kept = KeptRun::open(folder)?;
    let scenario = kept.scenario(None)?;
    consent::admit(&scenario, 1, 1, (args.large, false))?;
    let trace = kept.trace_cost(&scenario)?;
    match args.output {
        ExplainOutput::Table => {
            let focus = Focus { pool: args.pool.clone(), node: args.node.clone() };
            let name = format!("replication {RECORDED} of {}", folder.display());
            let text = reports::cost_list(&trace, &name, &focus);
            let text = text.map_err(|what| Failure::Usage(anyhow!(what)))?;
            terminal::print(&text)?;
        }
        ExplainOutput::Json => {
            let text = serde_json::to_string_pretty(&trace);
            let mut stdout = terminal::stdout();
            writeln!(stdout, "{}", text.map_err(|error| Failure::Internal(error.into()))?)?;
        }
    }
    Ok(())
}
