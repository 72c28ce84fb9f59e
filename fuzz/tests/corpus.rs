//! Every input that is kept is given to its target again: what found a fault once does not find it
//! twice.

use std::fs;

use fuzz::TARGETS;

#[test]
fn every_kept_input_is_survived() {
    for target in &TARGETS {
        let folder = fs::read_dir(fuzz::corpus(target.name))
            .unwrap_or_else(|error| panic!("corpus/{}: {error}", target.name));
        let mut inputs: Vec<_> = folder.map(|entry| entry.expect("an entry").path()).collect();
        inputs.sort();
        let mut accepted = 0;
        for input in &inputs {
            let data = fs::read(input).expect("a file");
            // What panics is named by the last line that was printed.
            println!("{}", input.display());
            accepted += usize::from((target.run)(&data));
        }
        println!("{}: {} inputs, {accepted} accepted", target.name, inputs.len());
        assert!(accepted > 0, "no input of {} is accepted: nothing is tested", target.name);
    }
}

#[test]
fn the_corpus_is_small_and_has_a_target() {
    let root = fuzz::corpus("");
    let mut bytes = 0;
    for folder in fs::read_dir(root).expect("a corpus") {
        let folder = folder.expect("an entry");
        let name = folder.file_name().into_string().expect("a name");
        assert!(fuzz::target(&name).is_some(), "corpus/{name} has no target");
        for file in fs::read_dir(folder.path()).expect("a folder") {
            bytes += file.and_then(|file| file.metadata()).expect("a file").len();
        }
    }
    assert!(bytes < 1_000_000, "{bytes} bytes: `fuzz/keep` keeps what adds something");
}
