//! A misspelt word is understood: of all single slips in the fields of a bundled scenario, at least
//! nine in ten are answered with the word that was meant.

use std::sync::Arc;

use scenarios::diagnostic::Source;
use scenarios::{LIBRARY, Scenario};

/// Every way to slip once: a letter left out, doubled, swapped with the next, or replaced.
fn slips(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let mut slips = Vec::new();
    for at in 0..letters.len() {
        let with = |change: &dyn Fn(&mut Vec<char>)| {
            let mut letters = letters.clone();
            change(&mut letters);
            letters.into_iter().collect::<String>()
        };
        slips.push(with(&|letters| {
            letters.remove(at);
        }));
        slips.push(with(&|letters| letters.insert(at, letters[at])));
        slips.push(with(&|letters| letters[at] = 'q'));
        if at + 1 < letters.len() {
            slips.push(with(&|letters| letters.swap(at, at + 1)));
        }
    }
    slips.retain(|slip| slip != word && !slip.is_empty());
    slips
}

#[test]
fn nine_slips_in_ten_are_understood() {
    let (_, text) = LIBRARY[0];
    let fields = ["horizon", "region", "pools", "count", "capacityType", "instanceTypes"];
    let more = ["zones", "workloads", "replicas", "template", "market", "reclaims"];
    let (mut understood, mut all) = (0, 0);
    for field in fields.into_iter().chain(more) {
        assert!(text.contains(&format!("{field}:")), "{field} is not in the scenario");
        for slip in slips(field) {
            let wrong = text.replacen(&format!("{field}:"), &format!("{slip}:"), 1);
            let source = Source { file: "typo.yaml".into(), text: Arc::from(wrong) };
            let said = match Scenario::parse(&source, None) {
                Ok(_) => panic!("`{slip}` is accepted"),
                Err(errors) => errors.render(false),
            };
            all += 1;
            understood += usize::from(said.contains(&format!("did you mean `{field}`?")));
        }
    }
    assert!(all > 300, "{all}");
    assert!(understood * 10 >= all * 9, "{understood} of {all}");
}
