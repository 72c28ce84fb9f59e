//! `spotsim lint`: what a reviewer would say about a scenario or about manifests.

use std::io::Write;

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
    let count = |severity, name: &str| {
        let n = found.iter().filter(|diagnostic| diagnostic.severity() == severity).count();
        format!("{n} {name}{}", if n == 1 { "" } else { "s" })
    };
    let (errors, warnings) = (count(Severity::Error, "error"), count(Severity::Warning, "warning"));
    let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
    if found.is_empty() {
        return format!("nothing to say about {files}");
    }
    format!("{errors}, {warnings} in {files}; spotsim explain CODE says more")
}
