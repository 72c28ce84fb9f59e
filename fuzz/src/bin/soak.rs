//! Soaks for a time, or one file again: `soak [SECONDS [FIRST-SEED]]`, `soak FILE`.
#![allow(clippy::print_stdout)]

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, fs};

use fuzz::soak::{Outcome, soak, text};

/// Where scenarios that fail are kept.
const FOUND: &str = "target/fuzz/found";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let what = arguments.next().unwrap_or_else(|| "60".to_owned());
    let first = arguments.next().map_or(Ok(0), |seed| seed.parse());
    let (Ok(seconds), Ok(first)) = (what.parse(), first) else {
        return again(&what);
    };
    // How long to soak is said in seconds; what a run does never depends on them.
    #[allow(clippy::disallowed_methods)]
    let begin = Instant::now();
    let (mut held, mut large, mut wrong) = (0_u64, 0_u64, 0_u64);
    for seed in first.. {
        if begin.elapsed() > Duration::from_secs(seconds) {
            println!(
                "seeds {first} to {}: {held} hold, {large} are too large, {wrong} fail",
                seed - 1
            );
            break;
        }
        let text = text(seed);
        match soak(&text) {
            Outcome::Held => held += 1,
            Outcome::TooLarge => large += 1,
            outcome => {
                wrong += 1;
                let file = format!("{FOUND}/soak-{seed}.yaml");
                let kept = fs::create_dir_all(FOUND).and_then(|()| fs::write(&file, &text));
                match kept {
                    Ok(()) => println!("seed {seed}: {outcome:?}; it is kept in {file}"),
                    Err(error) => println!("seed {seed}: {outcome:?}; {file}: {error}"),
                }
            }
        }
    }
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs one file again.
fn again(file: &str) -> ExitCode {
    match fs::read_to_string(Path::new(file)) {
        Ok(text) => {
            let outcome = soak(&text);
            println!("{file}: {outcome:?}");
            if outcome == Outcome::Failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
        Err(error) => {
            println!("{file}: {error}; `soak [SECONDS [FIRST-SEED]]` or `soak FILE`");
            ExitCode::from(2)
        }
    }
}
