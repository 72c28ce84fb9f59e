//! The command `spotsim`: parse what was typed, call the library, print the result.
//!
//! Results go to stdout, everything else to stderr. Exit codes: 0 all is well, 1 the program
//! failed or a verified run differs, 2 the input is wrong, 99 a stated rule or expectation does not
//! hold, a plan is worse or, in `check`, a pod never runs, 130 interrupted by Ctrl-C, 143 by SIGTERM,
//! 141 where the reader of a run's figures has closed the pipe.

mod args;
mod commands;
mod consent;
mod failure;
mod interrupt;
mod terminal;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::failure::Failure;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(answer) => return answered(&answer),
    };
    cli.color.apply();
    let result = match cli.command {
        Command::Demo(args) => commands::demo::run(&args),
        Command::Lint(args) => commands::lint::run(&args),
        Command::Init(args) => commands::init::run(&args),
        Command::Import(args) => commands::import::run(&args),
        Command::Run(args) => commands::run::run(&args),
        Command::Report(args) => commands::report::run(&args),
        Command::Merge(args) => commands::merge::run(&args),
        Command::Compare(args) => commands::compare::run(&args),
        Command::Sweep(args) => commands::sweep::run(&args),
        Command::Optimize(args) => commands::sweep::optimize(&args),
        Command::Check(args) => commands::check::run(&args),
        Command::Catalogue(args) => commands::catalogue::run(&args),
        Command::Explain(args) => commands::explain::run(&args),
        Command::Calibrate(args) => commands::calibrate::run(&args),
        Command::Fit(args) => commands::fit::run(&args),
        Command::Validate(args) => commands::validate::run(&args),
        Command::Schema(args) => commands::schema::run(args),
        Command::Completion(args) => commands::completion::run(args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Prints what the argument parser answers: help, the version, or what is wrong with the arguments.
fn answered(answer: &clap::Error) -> ExitCode {
    match answer.print().and_then(|()| std::io::stdout().flush()) {
        Ok(()) => ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(2)),
        Err(error) => {
            let error = anyhow::Error::new(error).context("cannot print the help");
            Failure::Internal(error).report()
        }
    }
}

/// Shorthand for what every command returns.
type Outcome = Result<(), Failure>;
