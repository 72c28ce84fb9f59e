//! The documentation is a book: every page is in its contents, and no link in it leads nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::tidy::root;

const CONTENTS: &str = "SUMMARY.md";

/// Every page in Markdown below `docs/`, by its path from there.
pub(crate) fn pages() -> BTreeMap<PathBuf, String> {
    fn visit(docs: &Path, folder: &Path, pages: &mut BTreeMap<PathBuf, String>) {
        for entry in fs::read_dir(folder).expect("a folder of the book") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                visit(docs, &path, pages);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                let name = path.strip_prefix(docs).expect("below docs/").to_owned();
                pages.insert(name, fs::read_to_string(&path).expect("a page"));
            }
        }
    }
    let docs = root().join("docs");
    let mut pages = BTreeMap::new();
    visit(&docs, &docs, &mut pages);
    assert!(pages.len() > 25, "{}", pages.len());
    pages
}

/// The lines of a page that are prose: code has no links.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    })
}

/// What a page links to.
fn links(text: &str) -> BTreeSet<&str> {
    let targets = |line| str::split(line, "](").skip(1).filter_map(|rest| rest.split(')').next());
    prose(text).flat_map(targets).collect()
}

/// The anchors of a page, which mdBook and GitHub make alike of its headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut seen = BTreeMap::new();
    let headings = prose(text).filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let name = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = |c: &char| c.is_alphanumeric() || ['-', '_', ' '].contains(c);
        let name: String =
            name.chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect();
        let times = seen.entry(name.clone()).and_modify(|times| *times += 1).or_insert(0);
        if *times == 0 { name } else { format!("{name}-{times}") }
    };
    headings.map(anchor).collect()
}

/// Where a link of a page leads to, from `docs/`; nowhere in the book if it leaves that.
fn target(page: &Path, link: &str) -> Option<PathBuf> {
    let mut target = page.parent().map(Path::to_path_buf).unwrap_or_default();
    for step in Path::new(link).components() {
        match step {
            Component::ParentDir => {
                if !target.pop() {
                    return None;
                }
            }
            step => target.push(step),
        }
    }
    Some(target)
}

#[test]
fn every_page_is_in_the_contents_once() {
    let pages = pages();
    let contents = &pages[Path::new(CONTENTS)];
    let listed: Vec<PathBuf> = contents
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(PathBuf::from)
        .collect();
    let unlisted: Vec<_> = pages
        .keys()
        .filter(|page| *page != Path::new(CONTENTS) && !listed.contains(page))
        .collect();
    assert!(unlisted.is_empty(), "not in docs/{CONTENTS}: {unlisted:?}");
    let missing: Vec<_> = listed.iter().filter(|page| !pages.contains_key(*page)).collect();
    assert!(missing.is_empty(), "only in docs/{CONTENTS}: {missing:?}");
    assert_eq!(
        listed.iter().collect::<BTreeSet<_>>().len(),
        listed.len(),
        "a page is listed twice"
    );
}

#[test]
fn every_link_leads_somewhere_in_the_book() {
    let pages = pages();
    let docs = root().join("docs");
    let mut wrong = Vec::new();
    for (page, text) in &pages {
        for link in links(text).into_iter().filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let there = if file.is_empty() { Some(page.clone()) } else { target(page, file) };
            let found = there.is_some_and(|there| match pages.get(&there) {
                Some(text) => anchor.is_empty() || anchors(text).contains(anchor),
                None => anchor.is_empty() && docs.join(&there).is_file(),
            });
            if !found {
                wrong.push(format!("docs/{}: {link}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_page_says_what_it_is_about() {
    for (page, text) in pages() {
        let title = text.lines().find(|line| line.starts_with("# "));
        assert!(title.is_some_and(|it| it.len() > 5), "docs/{} has no title", page.display());
    }
}

#[test]
fn anchors_are_those_of_mdbook() {
    let text = "# What is `pools[].count`?\n```\n# code\n```\n## Twice\n## Twice\n";
    let expected = ["what-is-poolscount", "twice", "twice-1"].map(str::to_owned);
    assert_eq!(anchors(text), BTreeSet::from(expected));
}
