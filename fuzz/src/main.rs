//! libFuzzer's program: gives inputs to the target that `FUZZ_TARGET` names.
#![no_main]

use std::str;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use fuzz::mutate::{Form, Grammar, mutate};
use fuzz::{TARGETS, Target, target};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    target(&name).unwrap_or_else(|| {
        let known = TARGETS.map(|it| it.name).join(", ");
        panic!("FUZZ_TARGET is {name:?}; it has to be one of {known}");
    })
});
static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| Grammar::of(TARGET.name));
static INPUTS: AtomicU64 = AtomicU64::new(0);
static ACCEPTED: AtomicU64 = AtomicU64::new(0);

fuzz_target!(|data: &[u8]| {
    let accepted = (TARGET.run)(data);
    let inputs = INPUTS.fetch_add(1, Relaxed) + 1;
    let all = ACCEPTED.fetch_add(u64::from(accepted), Relaxed) + u64::from(accepted);
    // libFuzzer leaves without a word to its program, so the share is said as it goes.
    if inputs.is_power_of_two() || inputs.is_multiple_of(1_000) {
        #[allow(clippy::print_stderr)]
        {
            eprintln!("{}: {all} of {inputs} inputs were accepted to the end", TARGET.name);
        }
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Every eighth is left to libFuzzer, which knows what comparisons failed.
    let text = str::from_utf8(&data[..size]).ok().filter(|_| !seed.is_multiple_of(8));
    let mutant = match (TARGET.form, text) {
        (Form::Bytes, _) | (_, None) => None,
        (form, Some(text)) => mutate(text, form, &GRAMMAR, u64::from(seed)),
    };
    match mutant {
        Some(mutant) if (1..=max_size).contains(&mutant.len()) => {
            data[..mutant.len()].copy_from_slice(mutant.as_bytes());
            mutant.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
});
