//! One change to a document: a value of the same key from elsewhere, a key that its map may have,
//! something taken out or doubled, or a value at an edge.

use serde_json::Value;

use super::draws::Draws;
use super::extremes;
use super::grammar::Grammar;

/// Changes a document in one place.
pub(crate) fn change(document: &mut Value, grammar: &Grammar, draws: &mut Draws) {
    let at = draws.below(size(document));
    let Some((value, key)) = nth(document, at, "") else { return };
    match draws.below(10) {
        0..=2 => splice(value, &key, grammar, draws),
        3 | 4 => grow(value, &key, grammar, draws),
        5 => shrink(value, draws),
        6 => double(value, draws),
        _ => push_to_the_edge(value, draws),
    }
}

/// How many values a value is made of, itself included.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(map) => map.values().map(size).sum(),
        _ => 0,
    }
}

/// The value that comes after `at` others, depth first, and the key that it or its list has.
fn nth<'v>(value: &'v mut Value, at: usize, key: &str) -> Option<(&'v mut Value, String)> {
    if at == 0 {
        return Some((value, key.to_owned()));
    }
    let mut at = at - 1;
    let children: Vec<(String, &mut Value)> = match value {
        Value::Array(items) => items.iter_mut().map(|it| (key.to_owned(), it)).collect(),
        Value::Object(map) => map.iter_mut().map(|(key, it)| (key.clone(), it)).collect(),
        _ => return None,
    };
    for (key, child) in children {
        let within = size(child);
        if at < within {
            return nth(child, at, &key);
        }
        at -= within;
    }
    None
}

/// Puts a value there that stands under the same key elsewhere.
fn splice(value: &mut Value, key: &str, grammar: &Grammar, draws: &mut Draws) {
    if let Some(other) = draws.pick(grammar.values(key)) {
        // The values of a list's key are whole lists; of those one item will do.
        *value = match other {
            Value::Array(items) if !value.is_array() => {
                draws.pick(items).cloned().unwrap_or_default()
            }
            other => other.clone(),
        };
    }
}

/// Gives a map another key that such maps have, or a list another item.
fn grow(value: &mut Value, key: &str, grammar: &Grammar, draws: &mut Draws) {
    match value {
        Value::Object(map) => {
            let Some(name) = draws.pick(grammar.keys(key)) else { return };
            if let Some(new) = draws.pick(grammar.values(name)) {
                map.insert(name.clone(), new.clone());
            }
        }
        Value::Array(items) => {
            if let Some(Value::Array(others)) = draws.pick(grammar.values(key)) {
                items.extend(draws.pick(others).cloned());
            }
        }
        _ => splice(value, key, grammar, draws),
    }
}

fn shrink(value: &mut Value, draws: &mut Draws) {
    match value {
        Value::Object(map) => {
            let names: Vec<String> = map.keys().cloned().collect();
            if let Some(name) = draws.pick(&names) {
                map.shift_remove(name);
            }
        }
        Value::Array(items) if !items.is_empty() => drop(items.remove(draws.below(items.len()))),
        _ => *value = Value::Null,
    }
}

/// Doubles an item of a list, mostly under another name; exchanges two values of a map.
fn double(value: &mut Value, draws: &mut Draws) {
    match value {
        Value::Array(items) => {
            let Some(mut copy) = draws.pick(items).cloned() else { return };
            let named = if copy.get("metadata").is_some() { "/metadata/name" } else { "/name" };
            if let Some(Value::String(name)) = copy.pointer_mut(named).filter(|_| !draws.one_in(4))
            {
                name.push('x');
            }
            items.insert(draws.below(items.len() + 1), copy);
        }
        Value::Object(map) => {
            let names: Vec<String> = map.keys().cloned().collect();
            let (Some(a), Some(b)) = (draws.pick(&names), draws.pick(&names)) else { return };
            let (x, y) = (map[a].clone(), map[b].clone());
            map[a] = y;
            map[b] = x;
        }
        _ => push_to_the_edge(value, draws),
    }
}

fn push_to_the_edge(value: &mut Value, draws: &mut Draws) {
    // Edges are for leaves: one in a map or list, mostly, and not all of it.
    let deeper = !draws.one_in(20);
    match value {
        Value::Object(map) if deeper && !map.is_empty() => {
            let at = draws.below(map.len());
            if let Some(inner) = map.values_mut().nth(at) {
                *inner = extremes::of(inner, draws);
            }
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let at = draws.below(items.len());
            items[at] = extremes::of(&items[at], draws);
        }
        other => *other = extremes::of(other, draws),
    }
}
