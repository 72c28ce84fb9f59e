//! The command `spotsim`: parse what was typed, call the library, print the result.
//!
//! Results go to stdout, everything else to stderr. Exit codes: 0 all is well, 1 the program
//! failed or a verified run differs, 2 the input is wrong, 99 a stated rule is broken or, in
//! `check`, a pod never runs, 130 interrupted by Ctrl-C, 143 by SIGTERM.

mod args;
mod commands;
mod experiment;
mod failure;
mod folder;
mod fresh;
mod interrupt;
mod run_folder;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::failure::Failure;

fn main() -> ExitCode {
    let cli = Cli::parse();
    cli.color.apply();
    let result = match cli.command {
        Command::Demo(args) => commands::demo::run(&args),
        Command::Lint(args) => commands::lint::run(&args),
        Command::Init(args) => commands::init::run(&args),
        Command::Import(args) => commands::import::run(&args),
        Command::Run(args) => commands::run::run(&args),
        Command::Check(args) => commands::check::run(&args),
        Command::Catalogue(args) => commands::catalogue::run(&args),
        Command::Explain(args) => commands::explain::run(&args),
        Command::Calibrate(args) => commands::calibrate::run(&args),
        Command::Validate(args) => commands::validate::run(&args),
        Command::Schema(args) => commands::schema::run(args),
        Command::Completion(args) => commands::completion::run(args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Shorthand for what every command returns.
type Outcome = Result<(), Failure>;
