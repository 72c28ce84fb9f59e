//! Files of Kubernetes objects in every shape in which people have them, good and bad.

use std::fs;
use std::sync::Arc;

use scenarios::Diagnostics;
use scenarios::diagnostic::Source;
use scenarios::kube::Object;
use scenarios::load::Loader;
use scenarios::unmodelled::Tally;

/// Names of the objects in a text, what is wrong with it, and what is not modelled of it.
fn read(file: &str, text: &str) -> (Vec<String>, String, Vec<String>) {
    let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
    let mut loader = Loader::new(&mut tally, &mut found);
    loader.text(&Source { file: file.into(), text: Arc::from(text) });
    let (loaded, _) = loader.into_objects();
    let names = loaded.into_iter().map(|loaded| loaded.origin.to_string()).collect();
    let unmodelled = tally.into_list().iter().map(ToString::to_string).collect();
    (names, found.render(false), unmodelled)
}

fn names(text: &str) -> Vec<String> {
    let (names, wrong, _) = read("a", text);
    assert_eq!(wrong, "", "{text}");
    names
}

fn wrong(text: &str) -> String {
    read("a", text).1
}

const NODE: &str = r#"{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "x"}}"#;

#[test]
fn every_shape_of_file() {
    assert_eq!(names("kind: Node\nmetadata: {name: x}\n"), ["a:1 Node x"]);
    let two = "# a comment\n---\nkind: Node\nmetadata: {name: x}\n---\n---\nkind: Node\nmetadata: {name: y}\n";
    assert_eq!(names(two), ["a:3 Node x", "a:7 Node y"]);
    assert_eq!(names(NODE), ["a:1 Node x"]);
    assert_eq!(names(&format!("\u{feff}\n{NODE}")), ["a:2 Node x"]);
    assert_eq!(names(&format!("[{NODE}]")), ["a:1 Node x"]);
    let lines = format!("{NODE}\n{}", NODE.replace("\"x\"", "\"y\""));
    assert_eq!(names(&lines), ["a:1 Node x", "a:2 Node y"]);
    assert_eq!(names("{kind: Node, metadata: {name: x}}"), ["a:1 Node x"], "a flow mapping");
    assert_eq!(names(" \n"), [""; 0]);
}

#[test]
fn lists_of_any_kind() {
    let list = format!(r#"{{"apiVersion": "v1", "items": [{NODE}], "kind": "List"}}"#);
    assert_eq!(names(&list), ["a:1 Node x"]);
    let typed =
        r#"{"items": [{"metadata": {"name": "x"}}], "kind": "NodeList", "apiVersion": "v1"}"#;
    assert_eq!(names(typed), ["a:1 Node x"], "items of a typed list do not say their kind");
    assert_eq!(names(&format!(r#"{{"kind": "List", "items": [{list}]}}"#)), ["a:1 Node x"]);
    assert_eq!(names(r#"{"kind": "NodeList", "items": null}"#), [""; 0]);
    assert_eq!(names("kind: NodeList\nitems:\n"), [""; 0]);
    for (text, what) in
        ["kind: List\nitems: 3\n", r#"{"kind": "List", "items": 3}"#].iter().zip(["YAML", "JSON"])
    {
        assert!(wrong(text).contains("E0301"), "{what}: a number is no list of items");
    }
    let yaml = "kind: NamespaceList\napiVersion: v1\nitems:\n- metadata: {name: x}\n";
    assert_eq!(names(yaml), ["a:4 Namespace x"]);
    let deep = format!("{}{NODE}{}", r#"{"kind":"List","items":["#.repeat(9), "]}".repeat(9));
    assert!(wrong(&deep).contains("lists within lists"));
}

#[test]
fn files_folders_and_globs() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, node: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, NODE.replace("\"x\"", &format!("\"{node}\""))).unwrap();
    };
    write("b/two.json", "two");
    write("b/one.yaml", "one");
    write("b/deep/three.yml", "three");
    write("b/notes.txt", "notes");
    write("b/.hidden.yaml", "hidden");
    let read = |shown: &str| {
        let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
        let mut loader = Loader::new(&mut tally, &mut found);
        let read = loader.path(&folder.path().join(shown), shown);
        let (loaded, inputs) = loader.into_objects();
        assert_eq!(loaded.len(), inputs.len());
        let names: Vec<String> = loaded.iter().map(|loaded| loaded.origin.to_string()).collect();
        read.map(|()| names).map_err(|diagnostic| diagnostic.message)
    };
    let all = ["b/deep/three.yml:1 Node three", "b/one.yaml:1 Node one", "b/two.json:1 Node two"];
    assert_eq!(read("b").unwrap(), all);
    assert_eq!(read("b/*.yaml").unwrap(), [all[1]]);
    assert_eq!(read("b/**/*.y*ml").unwrap(), all[..2]);
    assert!(read("b/*.toml").unwrap_err().contains("no file in b/*.toml"));
    assert!(read("nowhere.yaml").unwrap_err().contains("cannot read nowhere.yaml"));
    fs::write(folder.path().join("latin1.yaml"), b"kind: \xe9").unwrap();
    assert!(read("latin1.yaml").unwrap_err().contains("utf-8"));
}

#[test]
fn what_is_wrong_is_shown_at_its_place() {
    let yaml = "kind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: many\n  \
                selector: {matchLabels: {app: web}}\n  \
                template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a}]}}\n";
    assert_eq!(
        wrong(yaml),
        "\
error[E0301]: Deployment web: spec.replicas: invalid type: string \"many\", expected u32
 --> a:4:13
  |
4 |   replicas: many
  |             ^^^^

error: 1 error; nothing was simulated
"
    );
    let json = "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"web\"},\n \"spec\": {\"containers\": \
                [{\"name\": \"a\"}], \"priority\": \"high\"}}";
    assert_eq!(
        wrong(json),
        "\
error[E0301]: Pod web: spec.priority: invalid type: string \"high\", expected i32
 --> a:2:54
  |
2 |  \"spec\": {\"containers\": [{\"name\": \"a\"}], \"priority\": \"high\"}}
  |                                                      ^^^^^^

error: 1 error; nothing was simulated
"
    );
}

#[test]
fn a_field_twice_is_an_error_in_yaml_and_json() {
    let text = wrong("kind: Node\nmetadata: {name: x}\nspec: {a: 1, a: 2}\n");
    assert!(text.contains("`a` is there twice") && text.contains("--> a:3:"), "{text}");
    let text = wrong(
        "{\"kind\": \"Node\", \"metadata\": {\"name\": \"x\"},\n \"spec\": {\"a\": 1, \"a\": 2}}",
    );
    assert!(text.contains("Node x: duplicate field `a`") && text.contains("--> a:2:"), "{text}");
}

#[test]
fn bad_files_are_answered() {
    let bomb = {
        let mut text = String::from("kind: Node\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            text += &format!("a{level}: &a{level} [{aliases}]\n");
        }
        text
    };
    assert!(wrong(&bomb).contains("E0004") && wrong(&bomb).contains("anchors and aliases"));
    let cut = wrong(&format!(r#"{{"kind": "List", "items": [{NODE}, {{"kind": "#));
    assert!(cut.contains("a ends in the middle") && cut.contains("cut short"), "{cut}");
    assert!(wrong("just a sentence").contains("no `kind`"));
    assert!(wrong("[1, 2]").contains("not a Kubernetes object"));
    assert!(wrong(&"[".repeat(1 << 17)).contains("E0002"));
}

#[test]
fn a_name_twice_is_an_error_unless_it_is_the_same_object() {
    let twice = format!("{NODE}{NODE}");
    assert_eq!(names(&twice), ["a:1 Node x"]);
    let differs =
        format!("{NODE}\n{}", NODE.replace("}}", "}, \"spec\": {\"unschedulable\": true}}"));
    let text = wrong(&differs);
    assert!(text.contains("error[E0203]: Node x is there twice, and differs"), "{text}");
    assert!(text.contains("the other one is at a:1 Node x"), "{text}");
}

#[test]
fn what_is_not_modelled_is_counted_with_its_first_place() {
    let text = "\
kind: Deployment
metadata: {name: web, managedFields: [{manager: kubectl}]}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      runtimeClassName: gvisor
      containers:
        - {name: a, env: [{name: A, value: b}], volumeMounts: []}
        - {name: b, env: []}
---
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {runtimeClassName: gvisor, containers: [{name: a}]}
---
kind: ConfigMap
metadata: {name: c}
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: p}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: s}
";
    let (names, wrong, unmodelled) = read("a", text);
    assert_eq!((names.len(), wrong.as_str()), (2, ""));
    assert_eq!(
        unmodelled,
        [
            "fields without bearing on scheduling (commands, env, mounts, …) (1 object, first \
             a:1 Deployment web)",
            "kind ConfigMap (1 object, first a:21 ConfigMap c)",
            "kind Prometheus of monitoring.coreos.com: it creates no pods here, only its operator \
             would (1 object, first a:24 Prometheus p)",
            "kind Service of serving.knative.dev: it creates no pods here, only its operator would \
             (1 object, first a:28 Service s)",
            "spec.template.spec.runtimeClassName (2 objects, first a:1 Deployment web)",
        ]
    );
}

#[test]
fn any_cut_and_any_lost_byte_is_answered() {
    let yaml = include_str!("../objects/every-field.yaml");
    let json = scenarios::tree::parse(yaml).unwrap()[0].to_json().to_string();
    for text in [&yaml[..3_000], &json[..3_000]] {
        for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
            read("a", &text[..at]);
            read("a", &format!("{}\u{0}é{}", &text[..at], &text[at..]));
        }
    }
}

#[test]
fn each_object_is_what_it_was_written_as() {
    let yaml = include_str!("../objects/every-field.yaml");
    let json = scenarios::tree::parse(yaml).unwrap()[0].to_json().to_string();
    let objects = |text: &str| {
        let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
        let mut loader = Loader::new(&mut tally, &mut found);
        loader.text(&Source { file: "a".into(), text: Arc::from(text) });
        let (loaded, _) = loader.into_objects();
        // No pod has every field at once: a cluster has admitted these, so that they are read.
        assert!(found.iter().all(|it| it.code == "W0013"), "{}", found.render(false));
        assert!(tally.into_list().is_empty());
        loaded.into_iter().map(|loaded| loaded.object).collect::<Vec<Object>>()
    };
    assert_eq!(objects(yaml), objects(&json));
    assert_eq!(objects(yaml).len(), 27);
}
