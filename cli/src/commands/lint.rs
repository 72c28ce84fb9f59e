//! `spotsim lint`: what a reviewer would say about a scenario or about manifests.

use std::io::Write;

use reports::many;
use scenarios::Diagnostics;
use scenarios::diagnostic::Severity;
use scenarios::lint::review;
use scenarios::sarif;
use serde_json::json;

use sim::plain::plain_lines;

use crate::Outcome;
use crate::args::{LintArgs, LintOutput};
use crate::failure::Failure;

/// Reviews files and prints what is found. Errors end with 2; warnings only if they are to.
pub(crate) fn run(args: &LintArgs) -> Outcome {
    let found = review(&args.files, args.provider.provider());
    let mut stdout = anstream::stdout().lock();
    match args.output {
        LintOutput::Table => {
            write!(stdout, "{}", found.render_each(true))?;
            writeln!(stdout, "{}", counted(&found, args.files.len()))?;
        }
        LintOutput::Json => {
            let text = json!({"schema": "spotsim/lint/v1", "findings": found});
            writeln!(stdout, "{}", plain_lines(&format!("{text:#}")))?;
        }
        LintOutput::Sarif => {
            let log = format!("{:#}", sarif::log(&found, env!("CARGO_PKG_VERSION")));
            writeln!(stdout, "{}", plain_lines(&log))?;
        }
    }
    match (found.has_errors(), found.is_empty()) {
        (true, _) => Err(Failure::Wrong),
        (false, false) if args.strict => Err(Failure::Strict),
        _ => Ok(()),
    }
}

fn counted(found: &Diagnostics, files: usize) -> String {
    let count = |severity, noun| many(found.count(severity) as u64, noun);
    let (errors, warnings) = (count(Severity::Error, "error"), count(Severity::Warning, "warning"));
    let files = many(files as u64, "file");
    if found.is_empty() {
        return format!("nothing to say about {files}");
    }
    format!("{errors}, {warnings} in {files}; spotsim explain CODE says more")
}
