//! What the guides say is there, and is said in the field's own nouns.

use std::fs;
use std::path::Path;

use crate::tidy::{all_rust_files, root};

/// Every page in Markdown that is kept by hand, with its path from the root.
fn pages() -> Vec<(String, String)> {
    let root = root();
    let mut pages = Vec::new();
    for folder in ["", "docs", "docs/recipes", "notebooks"] {
        let Ok(entries) = fs::read_dir(root.join(folder)) else { continue };
        for entry in entries {
            let path = entry.expect("a readable entry").path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let name = path.strip_prefix(&root).expect("below the root").display().to_string();
                pages.push((name, fs::read_to_string(&path).expect("a page")));
            }
        }
    }
    assert!(pages.len() > 10, "{}", pages.len());
    pages
}

#[test]
fn paths_in_guides_are_there() {
    let root = root();
    let mut missing = Vec::new();
    for (page, text) in pages() {
        let beside = Path::new(&page).parent().expect("a page is in a folder");
        // What changed is said of files as they were.
        if page == "CHANGELOG.md" {
            continue;
        }
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            if !link.is_empty() && !link.contains("://") && !root.join(beside).join(link).exists() {
                missing.push(format!("{page}: {link}"));
            }
        }
        for quoted in text.split('`').skip(1).step_by(2) {
            let is_path = quoted.contains('/')
                && (quoted.ends_with(".rs") || quoted.ends_with('/'))
                && quoted.chars().all(|c| c.is_ascii_lowercase() || "/_-.0123456789".contains(c));
            let is_ours = quoted.split('/').next().is_some_and(|first| root.join(first).is_dir());
            if is_path && is_ours && !quoted.starts_with("target/") && !root.join(quoted).exists() {
                missing.push(format!("{page}: {quoted}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Words that stand for a noun of the field: `docs/glossary.md` has those.
const PRONOUNS: [&str; 11] = [
    concat!("no", "body"),
    concat!("to", "ld"),
    concat!("who", "ever"),
    concat!("some", "body"),
    concat!("any", "body"),
    concat!("so ", "many"),
    concat!("so ", "long as"),
    concat!("how-", "manieth"),
    concat!("in the ", "place of"),
    concat!("in ", "vain"),
    concat!("what ", "is so"),
];

/// Whether a line has a word, and not as a part of another.
fn has_word(line: &str, word: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        !is_letter(line[..at].chars().next_back())
            && !is_letter(line[at + word.len()..].chars().next())
    })
}

#[test]
fn prose_names_what_it_means() {
    // A former value of a field, which is still read.
    let names = [concat!("`no", "body`"), concat!("\"no", "body\"")];
    let mut found = Vec::new();
    for (path, text) in all_rust_files().into_iter().chain(pages()) {
        for (number, line) in (1..).zip(text.lines()) {
            let mut line = line.to_lowercase();
            for name in names {
                line = line.replace(name, "");
            }
            let words = PRONOUNS.iter().filter(|word| has_word(&line, word));
            found.extend(words.map(|word| format!("{path}:{number}: {word}")));
        }
    }
    assert!(found.is_empty(), "{} places, see docs/glossary.md: {found:#?}", found.len());
}
