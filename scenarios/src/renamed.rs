//! Fields and words that have a new name: the former spelling is read as the new one, with a warning.

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::node_autoscaler::flags;
use crate::tree::{Node, Step, Value, dotted};

/// A field of the entries of a list, and the path that it has become.
struct Renamed {
    list: &'static str,
    was: &'static str,
    /// A field, and a field of that one.
    is: [&'static str; 2],
}

/// Every field that was renamed.
const RENAMED: &[Renamed] =
    &[Renamed { list: "pools", was: "provisioner", is: ["refill", "like"] }];

/// A word that a field may say, and the one that it has become.
struct RenamedWord {
    /// A field, and a field of that one.
    field: [&'static str; 2],
    was: &'static str,
    is: &'static str,
}

/// Every word that was renamed.
const RENAMED_WORDS: &[RenamedWord] =
    &[RenamedWord { field: ["interruption", "drainedBy"], was: "nobody", is: "none" }];

/// The same tree in today's words.
pub(crate) fn in_new_words<'t>(
    tree: &'t Node,
    source: &Source,
    found: &mut Diagnostics,
) -> Cow<'t, Node> {
    let mut tree = Cow::Borrowed(tree);
    for renamed in RENAMED {
        let Some(Value::Seq(items)) = tree.get(renamed.list).map(|list| &list.value) else {
            continue;
        };
        let has_it = |(index, item): (usize, &Node)| item.get(renamed.was).map(|_| index);
        let affected: Vec<usize> = items.iter().enumerate().filter_map(has_it).collect();
        for index in affected {
            let path = [Step::from(renamed.list), Step::from(index)];
            if let Some(Value::Map(entries)) = tree.to_mut().at_mut(&path).map(|it| &mut it.value) {
                found.push(rename(entries, renamed, &path, source));
            }
        }
    }
    for renamed in RENAMED_WORDS {
        let path = renamed.field.map(Step::from);
        let says_it =
            |node: &Node| matches!(&node.value, Value::Scalar(word) if word == renamed.was);
        let [outer, inner] = renamed.field;
        if tree.get(outer).and_then(|node| node.get(inner)).is_some_and(says_it)
            && let Some(node) = tree.to_mut().at_mut(&path)
        {
            node.value = Value::Scalar(renamed.is.into());
            found.push(
                now_called(renamed.was, renamed.is, source, node.span.clone())
                    .help(format!("write `{outer}: {{{inner}: {}}}`", renamed.is)),
            );
        }
    }
    if flags::are_in(&tree) {
        flags::in_camel_case(tree.to_mut(), source, found);
    }
    tree
}

/// Renames the field of one entry, which has it, unless the entry has the new one as well.
fn rename(
    entries: &mut [(String, Range<usize>, Node)],
    renamed: &Renamed,
    path: &[Step],
    source: &Source,
) -> Diagnostic {
    let [outer, inner] = renamed.is;
    let (was, is) = (renamed.was, format!("{outer}.{inner}"));
    let both = entries.iter().any(|(key, ..)| key == outer);
    let mut place = 0..0;
    for (key, span, node) in entries.iter_mut().filter(|(key, ..)| key == was) {
        place = span.clone();
        if !both {
            let value = std::mem::replace(&mut node.value, Value::Map(Vec::new()));
            let value = Node { span: node.span.clone(), value };
            node.value = Value::Map(vec![(inner.to_owned(), span.clone(), value)]);
            *key = outer.to_owned();
        }
    }
    let here = dotted(path);
    if both {
        let message = format!("`{here}` has `{outer}`, and `{was}`, which is its former name");
        return Diagnostic::new("E0204", message).at(source, place).help("take this one out");
    }
    now_called(was, &is, source, place).help(format!("write `{outer}: {{{inner}: …}}`"))
}

/// That a name is read as the one that it has become.
fn now_called(was: &str, is: &str, source: &Source, place: Range<usize>) -> Diagnostic {
    let message = format!("`{was}` is called `{is}` now");
    Diagnostic::new("W0020", message).at(source, place).label("read as that")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A code, with the line and column that it is about.
    type Found = (&'static str, Option<(usize, usize)>);

    fn read(text: &str) -> (String, Vec<Found>) {
        let source = Source { file: "x.yaml".into(), text: text.into() };
        let tree = crate::tree::documents(&source).unwrap().remove(0);
        let mut found = Diagnostics::default();
        let tree = in_new_words(&tree, &source, &mut found);
        let place = |it: &Diagnostic| it.place.as_ref().map(|place| place.line_column());
        (tree.to_json().to_string(), found.iter().map(|it| (it.code, place(it))).collect())
    }

    #[test]
    fn the_former_name_is_read_at_its_place() {
        let text = "pools:\n- {name: a, provisioner: karpenter}\n- {name: b}\n- {provisioner: 7}";
        let (json, found) = read(text);
        let expected = r#"{"pools":[{"name":"a","refill":{"like":"karpenter"}},{"name":"b"},{"refill":{"like":7}}]}"#;
        assert_eq!(json, expected);
        assert_eq!(found, [("W0020", Some((2, 13))), ("W0020", Some((4, 4)))]);
    }

    #[test]
    fn the_former_word_is_read_at_its_place() {
        let said = |word: &str| read(&format!("interruption:\n  drainedBy: {word}"));
        let (json, found) = said("nobody");
        assert_eq!(json, r#"{"interruption":{"drainedBy":"none"}}"#);
        assert_eq!(found, [("W0020", Some((2, 14)))]);
        assert_eq!(said("none"), (json, Vec::new()));
    }

    #[test]
    fn both_names_are_one_too_many() {
        let text = "pools: [{provisioner: karpenter, refill: {like: cluster-autoscaler}}]";
        assert_eq!(read(text).1, [("E0204", Some((1, 10)))]);
    }

    #[test]
    fn what_is_no_list_is_left_to_the_schema() {
        for text in
            ["pools: {provisioner: x}", "pools: [provisioner, [provisioner]]", "[provisioner]"]
        {
            assert!(read(text).1.is_empty(), "{text}");
        }
    }
}
