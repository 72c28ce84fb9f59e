//! `spotsim explain pod/NAMESPACE/NAME`: why a pod is where it is, or nowhere.

use std::io::Write;
use std::path::Path;

use anyhow::anyhow;
use scenarios::explain_pod::Explanation;
use scenarios::explain_pod::dump::{Dump, NoSuchPod};
use spotsim::KeptRun;

use crate::Outcome;
use crate::args::{ExplainArgs, ExplainOutput};
use crate::consent;
use crate::failure::Failure;
use crate::terminal;

/// Explains a pod of a cluster, or of a run.
pub(crate) fn run(name: &str, args: &ExplainArgs) -> Outcome {
    let explanation = match &args.run {
        Some(folder) => of_run(name, folder, args)?,
        None if args.cluster.is_empty() => {
            let help =
                "pass the objects of its cluster with --cluster FILE, or a run with --run DIR";
            return Err(Failure::Usage(anyhow!("it is not known where pod {name} is: {help}")));
        }
        None => of_cluster(name, args)?,
    };
    super::show(&explanation, args.output)
}

fn of_run(name: &str, folder: &Path, args: &ExplainArgs) -> Result<Explanation, Failure> {
    let kept = KeptRun::open(folder)?;
    let scenario = kept.scenario(None)?;
    consent::admit(&scenario, 1, 1, (args.large, false))?;
    Ok(kept.explain_pod(&scenario, name, args.at)?)
}

fn of_cluster(name: &str, args: &ExplainArgs) -> Result<Explanation, Failure> {
    let json = args.output == ExplainOutput::Json;
    let dump =
        Dump::read(&args.cluster).map_err(|diagnostics| Failure::Input { diagnostics, json })?;
    let explanation = dump.explain(name).map_err(|missing| no_such_pod(name, &missing))?;
    let mut stderr = terminal::stderr();
    for unmodelled in &dump.unmodelled {
        writeln!(stderr, "note: not modelled: {unmodelled}")?;
    }
    Ok(explanation)
}

fn no_such_pod(name: &str, missing: &NoSuchPod) -> Failure {
    let advice = match (&missing.nearest, missing.pods) {
        (Some(near), _) => format!("did you mean pod/{near}?"),
        (None, 0) => "there are no pods in what was read".to_owned(),
        (None, pods) => format!("none of the {pods} pods in what was read is called so"),
    };
    Failure::Usage(anyhow!("there is no pod {name}: {advice}"))
}
