//! What the guides name is there.

use std::fs;
use std::path::Path;

use crate::tidy::root;

/// Every page in Markdown that is kept by hand, with its path from the root.
fn pages() -> Vec<(String, String)> {
    let root = root();
    let mut pages = Vec::new();
    for folder in ["", "docs", "notebooks"] {
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
