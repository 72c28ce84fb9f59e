//! No two modules of a crate use each other, directly or through others.

use std::collections::{BTreeMap, BTreeSet};

use super::tidy::{all_rust_files, rust_files, without_tests};

/// Every folder of sources: the files and folders directly in it are held apart.
fn folders() -> BTreeSet<String> {
    let files = all_rust_files();
    let folders = files.iter().filter_map(|(path, _)| path.rsplit_once('/'));
    folders.map(|(folder, _)| folder.to_owned()).filter(|it| it.contains("/src")).collect()
}

/// The names that follow a prefix such as `crate::`, one or several in braces.
fn named_after<'t>(text: &'t str, prefix: &str) -> Vec<&'t str> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices(prefix) {
        // One more `super::` leads out of the folder.
        if text[..at].ends_with("super::") {
            continue;
        }
        let rest = &text[at + prefix.len()..];
        let list = match rest.strip_prefix('{') {
            Some(rest) => rest.split('}').next().unwrap_or_default(),
            None => {
                rest.split(|c: char| !(c.is_ascii_lowercase() || c == '_')).next().unwrap_or("")
            }
        };
        names.extend(list.split([',', ':', ' ', '\n']).filter(|name| !name.is_empty()));
    }
    names
}

/// Which modules of a folder each of them uses.
fn uses(folder: &str) -> BTreeMap<String, BTreeSet<String>> {
    let inside = folder.split_once("src").map_or("", |(_, inside)| inside.trim_matches('/'));
    let own = format!(
        "crate::{}{}",
        inside.replace('/', "::"),
        if inside.is_empty() { "" } else { "::" }
    );
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in rust_files(folder) {
        let below = &path[folder.len() + 1..];
        let module = below.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        // A parent may name all its children.
        if ["lib", "main", "mod"].contains(&module) {
            continue;
        }
        let code: Vec<&str> = without_tests(&text)
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        let code = code.join("\n");
        let used = graph.entry(module.to_owned()).or_default();
        used.extend(named_after(&code, &own).into_iter().map(str::to_owned));
        // The module of a `mod.rs` is its folder, of which `super` is the parent.
        let depth = below.matches('/').count() - usize::from(below.ends_with("/mod.rs"));
        let upward = "super::".repeat(depth + 1);
        used.extend(named_after(&code, &upward).into_iter().map(str::to_owned));
        used.remove(module);
    }
    let known: BTreeSet<String> = graph.keys().cloned().collect();
    graph.values_mut().for_each(|used| used.retain(|name| known.contains(name)));
    graph
}

#[test]
fn modules_form_no_circles() {
    let mut uses_of_others = 0;
    for folder in folders() {
        let mut graph = uses(&folder);
        uses_of_others += graph.values().map(BTreeSet::len).sum::<usize>();
        // What uses nothing is taken away until nothing is left, but for circles.
        loop {
            let ground: BTreeSet<String> = graph
                .iter()
                .filter(|(_, used)| used.is_empty())
                .map(|(it, _)| it.clone())
                .collect();
            if ground.is_empty() {
                break;
            }
            graph.retain(|name, _| !ground.contains(name));
            graph.values_mut().for_each(|used| used.retain(|name| !ground.contains(name)));
        }
        assert!(graph.is_empty(), "{folder} has a circle among {graph:#?}");
    }
    assert!(uses_of_others > 500, "{uses_of_others}: it looks at the wrong places");
}
