//! What a person types and what the program answers: as files in `cli/tests/cmd/`, and in the pages of the
//! book that are to be followed literally.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

use crate::tidy::root;

#[test]
fn commands() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd").run();
}

/// The pages that are run, from `docs/`.
fn pages() -> Vec<PathBuf> {
    let docs = root().join("docs");
    let recipes = fs::read_dir(docs.join("recipes")).expect("the recipes");
    let is_page = |path: &PathBuf| path.extension().is_some_and(|it| it == "md");
    let mut pages: Vec<PathBuf> =
        recipes.map(|entry| entry.expect("a readable entry").path()).filter(is_page).collect();
    pages.extend(["quick-start.md", "reading.md"].map(|page| docs.join(page)));
    pages.sort();
    pages
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder of the test's own");
    for entry in fs::read_dir(from).expect("a folder of the book") {
        let entry = entry.expect("a readable entry");
        let there = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &there);
        } else {
            fs::copy(entry.path(), there).expect("a copy");
        }
    }
}

/// Each page has a folder of its own with the files of the recipes, as a reader has who copied them.
#[test]
fn pages_of_the_book_do_what_they_say() {
    let folder = tempfile::tempdir().expect("a folder of the test's own");
    let pages = pages();
    let copies: Vec<PathBuf> = pages
        .iter()
        .map(|page| {
            let copied = folder.path().join(page.file_name().expect("a page has a name"));
            fs::copy(page, &copied).expect("a copy");
            copy(&root().join("docs/recipes/files"), &copied.with_extension("in"));
            copied
        })
        .collect();
    let all = folder.path().join("*.md");
    let run = catch_unwind(AssertUnwindSafe(|| trycmd::TestCases::new().case(all).run()));
    if std::env::var_os("TRYCMD").is_some_and(|it| it == "overwrite") {
        for (page, copied) in pages.iter().zip(&copies) {
            fs::copy(copied, page).expect("the page, as it is now");
        }
    }
    run.unwrap_or_else(|failure| resume_unwind(failure));
}

#[test]
fn a_recipe_takes_three_commands_at_most() {
    let recipes =
        pages().into_iter().filter(|page| page.parent().is_some_and(|it| it.ends_with("recipes")));
    let mut answered = 0;
    for page in recipes {
        let text = fs::read_to_string(&page).expect("a page");
        let commands = text.lines().filter(|line| line.starts_with("$ ")).count();
        assert!(commands <= 3, "{} takes {commands}", page.display());
        let parts = ["## How to read it", "## What it does not answer"];
        assert!(commands > 0 && parts.iter().all(|part| text.contains(part)), "{}", page.display());
        answered += 1;
    }
    assert_eq!(answered, 15, "questions");
}
