//! `spotsim completion`: what a shell needs to complete our commands and options.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell as Known;

use crate::Outcome;
use crate::args::{Cli, CompletionArgs, Shell};

/// Prints a script for a shell.
pub(crate) fn run(args: CompletionArgs) -> Outcome {
    let shell = match args.shell {
        Shell::Bash => Known::Bash,
        Shell::Zsh => Known::Zsh,
        Shell::Fish => Known::Fish,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "spotsim", &mut script);
    anstream::stdout().lock().write_all(&script)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_completes_every_command() {
        let commands: Vec<String> =
            Cli::command().get_subcommands().map(|command| command.get_name().into()).collect();
        for shell in [Known::Bash, Known::Zsh, Known::Fish] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "spotsim", &mut script);
            let script = String::from_utf8(script).unwrap();
            for command in &commands {
                assert!(script.contains(command.as_str()), "{shell} does not know {command}");
            }
            assert!(script.contains("replications"), "{shell} does not know the options");
        }
    }
}
