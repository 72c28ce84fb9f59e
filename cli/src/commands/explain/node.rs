//! `spotsim explain node/NAME --run DIR`: why a node is still there, and what would let it go.

use anyhow::anyhow;
use spotsim::KeptRun;

use crate::Outcome;
use crate::args::ExplainArgs;
use crate::consent;
use crate::failure::Failure;

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
    super::show(&explanation, args.output)
}
