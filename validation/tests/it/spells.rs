//! The up and down times of a trace, and the limit to how many of them a fit looks at.

use std::fmt::Write;

use scenarios::limits::SPELLS;
use sim::{SimTime, Span};
use validation::data::read_slots;
use validation::fit::Slots;

/// Slot by slot and row by row, as the definition has it.
fn plainly(trace: &[(SimTime, u32)], wanted: u32) -> Slots {
    let mut slots = Slots::default();
    for slot in 0..wanted {
        let (mut from, mut is_first) = (trace[0].0, true);
        let mut up = trace[0].1 > slot;
        for (at, count) in trace {
            if (*count > slot) != up {
                if !is_first {
                    slots.push(up, at.since(from).as_hours_f64(), true);
                }
                (from, up, is_first) = (*at, !up, false);
            }
        }
        if let (Some((end, _)), false) = (trace.last(), is_first) {
            slots.push(up, end.since(from).as_hours_f64(), false);
        }
    }
    slots
}

#[test]
fn times_are_those_of_each_slot_in_their_order() {
    let counts = [3, 3, 0, 5, 1, 1, 4, 2, 7, 0, 0, 6, 6, 3];
    let mut at = SimTime::ZERO;
    let mut trace = Vec::new();
    for (index, count) in counts.into_iter().enumerate() {
        trace.push((at, count));
        at = at + Span::from_secs(1_000 + 77 * index as u64);
    }
    for wanted in [0, 1, 3, 7, 9] {
        let mut slots = Slots::default();
        slots.add(&trace, wanted);
        assert_eq!(slots, plainly(&trace, wanted), "{wanted}");
    }
}

#[test]
fn a_count_beyond_measure_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("trace.csv");
    let mut to_and_fro = String::from("t_s,count\n");
    for second in 0..20 {
        let _ = writeln!(to_and_fro, "{second},{}", if second % 2 == 0 { 0 } else { 100_000 });
    }
    for text in ["t_s,count\n0,4000000000\n9,0\n", &to_and_fro] {
        std::fs::write(&path, text).expect("room for a file");
        let error = read_slots(&path, None, &mut Slots::default()).expect_err("too many");
        let text = error.to_string();
        assert!(text.contains(&SPELLS.message("this")), "{text}");
        assert!(text.contains("--pool"), "it says what to do: {text}");
    }
}

/// What is no life, and what is no table: the row is named, and no other file's words are printed.
#[test]
fn a_table_of_lives_is_checked_row_by_row() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let said = |text: &str| {
        let path = dir.path().join("lives.csv");
        std::fs::write(&path, text).expect("a file");
        let read = read_slots(&path, None, &mut Slots::default());
        read.map_err(|error| error.to_string())
    };
    assert!(said("lifetime_s,censored\n3600,0\n60,1\n").is_ok());
    for (rows, part) in [
        ("60,0\n60,2\n", "row 2: `censored`"),
        ("1e308,0\n", "row 1: 1e308 s is no lifetime"),
        ("-1,0\n", "row 1: -1.0 s is no lifetime"),
    ] {
        let error = said(&format!("lifetime_s,censored\n{rows}")).expect_err(part);
        assert!(error.contains(part), "{error}");
    }
    let error = said("root:*:19000:0:99999:7:::\ndaemon:*:1\n").expect_err("no table");
    assert!(error.contains("lifetime_s") && !error.contains("root"), "{error}");
}
