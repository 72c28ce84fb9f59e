//! Mutants come past the reader: at least one in a hundred of those of scenarios is run.

use fuzz::mutate::{Form, Grammar, mutate};
use scenarios::LIBRARY;

/// How many mutants of each bundled scenario are tried.
const EACH: u64 = 40;

#[test]
fn mutants_of_scenarios_reach_the_engine() {
    let grammar = Grammar::of("scenario");
    let scenario = fuzz::target("scenario").expect("a target");
    let (mut made, mut ran) = (0, 0);
    for (name, text) in LIBRARY {
        for seed in 0..EACH {
            let mutant = mutate(text, Form::Documents, &grammar, seed)
                .unwrap_or_else(|| panic!("{name} is no document"));
            made += 1;
            ran += usize::from((scenario.run)(mutant.as_bytes()));
        }
    }
    println!("{ran} of {made} mutants of scenarios reach the engine");
    assert!(ran * 100 >= made, "{ran} of {made}");
}

#[test]
fn a_mutant_is_made_again_from_its_seed() {
    let grammar = Grammar::of("scenario");
    let (_, text) = LIBRARY[0];
    for seed in 0..50 {
        let mutant = || mutate(text, Form::Documents, &grammar, seed);
        assert_eq!(mutant(), mutant());
    }
}
