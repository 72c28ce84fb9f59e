//! Random scenarios hold, and none is refused: a generator that makes what is refused tries nothing.

use std::fs;

use fuzz::soak::{Outcome, soak, text};

/// `cargo run --release -p spotsim-fuzz --bin soak -- 3600` tries more.
const SEEDS: u64 = 24;

/// What failed once is kept.
#[test]
fn scenarios_that_failed_hold() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/seeds");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("seeds/")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let text = fs::read_to_string(&file).expect("a text");
        assert_eq!(soak(&text), Outcome::Held, "{}", file.display());
    }
}

#[test]
fn random_scenarios_hold_after_every_event() {
    let outcomes: Vec<Outcome> = (0..SEEDS).map(|seed| soak(&text(seed))).collect();
    for (seed, outcome) in outcomes.iter().enumerate() {
        assert!(
            matches!(outcome, Outcome::Held | Outcome::TooLarge),
            "seed {seed}: {outcome:?}\n{}",
            text(seed as u64)
        );
    }
    let held = outcomes.iter().filter(|outcome| **outcome == Outcome::Held).count();
    assert!(held * 2 > outcomes.len(), "{held} of {} were run to their end", outcomes.len());
}
