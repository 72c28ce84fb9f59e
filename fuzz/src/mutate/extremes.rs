//! Values at the edges of what readers take, and beyond.

use serde_json::{Value, json};

use super::draws::Draws;

/// Numbers as they are to stand in the text, which JSON could not say.
const NUMBERS: [&str; 26] = [
    "0",
    "1",
    "2",
    "-1",
    "0.5",
    "99",
    "100",
    "101",
    "255",
    "65536",
    "1e-300",
    "-0.0",
    "1e15",
    "1e308",
    "1e400",
    ".nan",
    ".inf",
    "-.inf",
    "2147483647",
    "4294967295",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "18446744073709551615",
    "18446744073709551616",
    "0x10",
];

/// Texts of every kind that a scenario has: amounts, spans, moments, shares, schedules, selectors.
const TEXTS: [&str; 40] = [
    "",
    " ",
    "0",
    "-1",
    "9E99",
    "1e-30",
    "1m",
    "1n",
    "1Ei",
    "8Ei",
    "16Ei",
    "0%",
    "100%",
    "101%",
    "-5%",
    "99999999999%",
    "0s",
    "1ms",
    "0.0001ms",
    "1h30m",
    "10y",
    "87600h",
    "87601h",
    "106751991167d",
    "T+0s",
    "T+99999d",
    "* * * * *",
    "0 0 31 2 *",
    "@every 1s",
    "@hourly",
    "2024-02-30T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "-009999-01-01T00:00:00Z",
    "2024-03-31T02:30:00+01:00",
    "a in (b, c), !d, e!=f",
    "a in (",
    "../../etc/hosts",
    "a\u{0}\u{1b}[31mb",
    "e\u{301}\u{200b}\u{202e}\u{1F600}",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
];

/// What brackets a number that is to stand in the text as it is.
const BARE: &str = "\u{e000}";

/// A replacement for a value, mostly of its kind.
pub(crate) fn of(old: &Value, draws: &mut Draws) -> Value {
    if draws.one_in(10) {
        let others =
            [Value::Null, json!(true), json!([]), json!({}), json!([old]), json!({ "a": old })];
        return draws.pick(&others).cloned().unwrap_or_default();
    }
    match old {
        Value::Bool(it) => json!(!it),
        // Near values are mostly accepted, and move what depends on them.
        Value::Number(it) if draws.one_in(2) => {
            let near = it.as_u64().unwrap_or(1).saturating_mul(draws.below(4) as u64);
            json!(near.saturating_add(draws.below(3) as u64))
        }
        Value::String(text) if draws.one_in(3) => json!(edited(text, draws)),
        Value::String(_) if !draws.one_in(8) => {
            json!(draws.pick(&TEXTS).copied().unwrap_or_default())
        }
        _ => json!(format!("{BARE}{}{BARE}", draws.pick(&NUMBERS).copied().unwrap_or("0"))),
    }
}

/// A text as a cell of a table. Numbers mostly stay near, because tables are in order.
pub(crate) fn cell(old: &str, draws: &mut Draws) -> String {
    match old.parse::<u64>() {
        Ok(number) if !draws.one_in(3) => {
            let more = draws.below(100) as u64;
            number.saturating_add(more).saturating_sub(50).to_string()
        }
        _ => match draws.below(4) {
            0 if old.parse::<f64>().is_err() => {
                draws.pick(&TEXTS).copied().unwrap_or_default().to_owned()
            }
            1 => draws.pick(&NUMBERS).copied().unwrap_or_default().to_owned(),
            _ => edited(old, draws),
        },
    }
}

/// The text of documents with bare numbers in their places.
pub(crate) fn in_place(text: &str) -> String {
    text.replace(&format!("\"{BARE}"), "").replace(&format!("{BARE}\""), "")
}

fn edited(text: &str, draws: &mut Draws) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let at = draws.below(chars.len());
    let new = draws.pick(&['0', '9', '-', '.', ':', '%', '/', 'm', 'E', 'x', ' ']).copied();
    let new = new.unwrap_or('0');
    match draws.below(3) {
        0 if !chars.is_empty() => drop(chars.remove(at)),
        1 if !chars.is_empty() => chars[at] = new,
        _ => chars.insert(at, new),
    }
    chars.into_iter().collect()
}
