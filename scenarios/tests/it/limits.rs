//! Small inputs that would hang the program or take the machine's memory are refused, with their
//! place and with what lifts the limit; what is merely large is read.

use scenarios::diagnostic::{Diagnostics, Severity, Source};
use scenarios::load::{Loaded, Loader};
use scenarios::unmodelled::Tally;
use scenarios::{Diagnostic, Scenario, limits, tree};

/// A scenario with everything that it must have, and `more`.
fn scenario(more: &str) -> String {
    let mut text = String::from("apiVersion: spotsim/v1\nhorizon: 1h\nregion: us-east-1\n");
    for (key, line) in [
        ("name", "name: example\n"),
        (
            "pools",
            "pools: [{name: a, count: 1, capacityType: on-demand, instanceTypes: [m6i.large]}]\n",
        ),
    ] {
        if !more.contains(&format!("{key}:")) {
            text += line;
        }
    }
    text + more
}

fn source(text: String) -> Source {
    Source { file: "scenario.yaml".into(), text: text.into() }
}

/// What is wrong with a scenario.
fn wrong(more: &str) -> Diagnostics {
    match Scenario::parse(&source(scenario(more)), None) {
        Ok(_) => panic!("this is not refused"),
        Err(found) => found,
    }
}

/// The objects of a text, and what is wrong with them.
fn objects(text: String) -> (Vec<Loaded>, Diagnostics) {
    let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
    let mut loader = Loader::new(&mut tally, &mut found);
    loader.text(&source(text));
    let (objects, _) = loader.into_objects();
    (objects, found)
}

/// The only error, which is that of a limit.
fn only(found: &Diagnostics) -> &Diagnostic {
    let first = found.iter().next().expect("an error");
    assert_eq!(found.iter().count(), 1, "{found}");
    assert_eq!(first.code, "E0004", "{found}");
    assert!(first.help.is_some(), "it says what to do");
    first
}

#[test]
fn aliases_of_a_large_text_are_counted_in_bytes() {
    let text = format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(5_000));
    let found = wrong(&text);
    assert_eq!(
        only(&found).message,
        "scenario.yaml has more than 67 108 864 bytes that anchors and aliases add to a text"
    );
    let (line, column) = only(&found).place.as_ref().expect("a place").line_column();
    // Sixty-three copies are let through: the anchor is one as well.
    assert_eq!((line, column), (7, 4 + 63 * 4 + 1));
}

#[test]
fn aliases_of_aliases_are_counted_in_nodes() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        text += &format!("a{level}: &a{level} [{before}]\n");
    }
    assert!(only(&wrong(&text)).message.contains("nodes that anchors and aliases add"));
}

#[test]
fn nesting_ends_before_the_stack_does() {
    let text = format!("a: {}{}\n", "[".repeat(101), "]".repeat(101));
    assert!(only(&wrong(&text)).message.contains("more than 100 levels"));
    let text = format!("a: {}{}\n", "[".repeat(99), "]".repeat(99));
    assert!(tree::parse(&text).is_ok());
}

#[test]
fn a_map_of_many_keys_is_read() {
    let keys: String = (0..100_000).map(|key| format!("k{key}: v\n")).collect();
    let documents = tree::parse(&keys).expect("a map");
    assert_eq!(documents.len(), 1);
    let twice = keys + "k77: v\n";
    let error = tree::parse(&twice).expect_err("a key is there twice");
    assert_eq!(error.message, "`k77` is there twice");
}

#[test]
fn a_pod_of_many_labels_is_read() {
    let labels: String = (0..60_000).map(|key| format!("    k{key}: v\n")).collect();
    let text = format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels:\n{labels}\
         spec:\n  containers: [{{name: app}}]\n"
    );
    let (objects, found) = objects(text);
    assert!(found.is_empty(), "{found}");
    assert_eq!(objects[0].object.metadata().labels.len(), 60_000);
}

#[test]
fn every_limit_says_what_lifts_it() {
    for limit in limits::LIMITS {
        assert!(!limit.lift.is_empty() && !limit.guards.is_empty(), "{}", limit.what);
        assert!(!limit.exceeded(limit.most) && limit.exceeded(limit.most + 1));
    }
}

#[test]
fn of_many_errors_on_one_line_some_are_shown_and_the_rest_is_counted() {
    let many = 20_000;
    let text = format!("{{\"kind\":\"List\",\"items\":[{}{{}}]}}", "{},".repeat(many - 1));
    let (_, found) = objects(text);
    assert_eq!(found.count(Severity::Error), many);
    assert_eq!(found.iter().count(), limits::KEPT.most);
    let shown = found.render(false);
    assert_eq!(shown.matches("error[E0301]").count(), limits::SHOWN.most);
    assert!(shown.contains("\nand 19 950 more\n"), "{shown}");
    assert!(shown.ends_with("error: 20 000 errors; nothing was simulated\n"), "{shown}");
    // Each shows the part of the line around its place, and says where that is.
    let widest = shown.lines().map(str::len).max();
    assert!(widest.is_some_and(|widest| widest < 400), "{shown}");
    let last = found.iter().nth(49).and_then(|it| it.place.as_ref()).expect("a place");
    let (line, column) = last.line_column();
    assert!(shown.contains(&format!("scenario.yaml:{line}:{column}")), "{shown}");
    let json = serde_json::to_value(&found).expect("JSON");
    assert_eq!(json[49]["column"], column);
}

#[test]
fn a_place_far_along_a_line_is_shown_with_its_surroundings() {
    let text = format!("{{\"kind\":\"List\",\"items\":[{}{{\"here\":1}}]}}", " ".repeat(100_000));
    let (_, found) = objects(text);
    let shown = found.render(false);
    assert!(shown.contains("scenario.yaml:1:100025"), "{shown}");
    assert!(shown.contains("here") && shown.len() < 2_000, "{shown}");
}

#[test]
fn a_scenario_has_so_many_zones_pools_and_letters() {
    let names = |many: usize| (0..many).map(|it| format!("z{it}, ")).collect::<String>();
    let pool = |zones: &str| {
        format!(
            "{{name: a, count: 1, capacityType: spot, instanceTypes: [m6i.large], zones: [{zones}]}}"
        )
    };
    let zones = format!("pools: [{}]\n", pool(&names(100_000)));
    assert_eq!(only(&wrong(&zones)).message, "this pool has more than 200 zones");
    let (some, others) = (names(150), names(151).replace('z', "y"));
    let zones = format!("pools: [{}, {}]\n", pool(&some), pool(&others));
    assert_eq!(only(&wrong(&zones)).message, "the scenario has more than 200 zones");
    let pools = format!("pools: [{}]\n", "{}, ".repeat(10_001));
    assert_eq!(only(&wrong(&pools)).message, "the scenario has more than 10 000 pools");
    let name = format!("name: {}\n", "n".repeat(20_000));
    assert_eq!(only(&wrong(&name)).message, "this name has more than 253 characters");
    let name = format!("name: {}\n", "ü".repeat(253));
    assert!(Scenario::parse(&source(scenario(&name)), None).is_ok());
}

#[cfg(unix)]
mod files {
    use std::os::unix::fs::symlink;
    use std::path::Path;
    use std::process::Command;

    use super::*;

    const POD: &str =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: app}]}\n";

    /// The files that a path means, as a scenario in `folder` names it, and what is wrong.
    fn named(folder: &Path, path: &str) -> (Vec<String>, Diagnostics) {
        let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
        let source = source(format!("[\"{path}\"]"));
        let place = &tree::parse(&source.text).expect("a list")[0];
        let paths = [path.to_owned()];
        let (_, inputs) = scenarios::load::named(
            &paths,
            Some(folder),
            (&source, place),
            false,
            &mut tally,
            &mut found,
        );
        (inputs.into_iter().map(|input| input.file).collect(), found)
    }

    #[test]
    fn links_of_a_folder_to_itself_are_followed_once() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let below = folder.path().join("m").join("deep");
        std::fs::create_dir_all(&below).expect("a folder");
        for (link, of) in [("m/a", "."), ("m/b", "."), ("m/deep/up", ".."), ("m/zdeep", "deep")] {
            symlink(of, folder.path().join(link)).expect("a link");
        }
        std::fs::write(folder.path().join("m/one.yaml"), POD).expect("a file");
        std::fs::write(below.join("two.yaml"), POD).expect("a file");
        for path in ["m", "m/**/*.yaml", "*/**/*.yaml"] {
            let (files, found) = named(folder.path(), path);
            assert_eq!(files, ["m/deep/two.yaml", "m/one.yaml"], "{path}: {found}");
        }
        let (files, _) = named(folder.path(), "m/*.yaml");
        assert_eq!(files, ["m/one.yaml"]);
        let (files, _) = named(folder.path(), "*/[o]ne.yaml");
        assert_eq!(files, ["m/one.yaml"]);
    }

    #[test]
    fn pipes_and_devices_are_no_manifests() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let pipe = folder.path().join("pipe.yaml");
        let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
        assert!(made.success());
        // With nothing at the other end, opening it would never return.
        for path in ["pipe.yaml", "."] {
            let (_, found) = named(folder.path(), path);
            let text = found.render(false);
            assert!(
                text.contains("E0001") && text.contains("it is a named pipe, not a file"),
                "{text}"
            );
            assert!(text.contains("help: "), "{text}");
        }
        let (_, found) = named(Path::new("/"), "dev/zero");
        assert!(found.render(false).contains("it is a device, not a file"), "{found}");
    }

    #[test]
    fn the_command_line_may_name_a_pipe() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let pipe = folder.path().join("pipe.yaml");
        assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
        let there = pipe.clone();
        let writer = std::thread::spawn(move || std::fs::write(there, scenario("")));
        let read = Scenario::load(&pipe);
        writer.join().expect("no panic").expect("it is written");
        assert!(read.is_ok());
    }
}
