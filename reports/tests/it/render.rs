//! Renderers: one report by hand, as text, as Markdown and as JSON.

use reports::render::{json, markdown, text};
use reports::section::{Block, Cell, Figure, Intervals, Note, Row, Section, Table, Unit, Value};

fn cell(values: Vec<Value>) -> Cell {
    Cell { values, between: " / ", interval: None }
}

fn row(name: &str, depth: usize, cells: [Cell; 2], note: &str) -> Row {
    Row { name: name.into(), depth, cells: cells.into(), note: note.into() }
}

fn note(text: &str, below: Vec<Note>) -> Block {
    Block::Note(Note { text: text.into(), below })
}

/// A table, a figure and notes, of which one continues the section before.
fn report() -> Vec<Section> {
    let cost = |usd| cell(vec![Value::Is(usd, Unit::Usd)]);
    let waits = |most| cell(vec![Value::Is(2.5, Unit::Seconds), most, Value::Missing]);
    let rows = vec![
        row("Cost /month", 0, [cost(4_210.4), cost(1_234.5)], "-70.7 %"),
        row("of it idle", 1, [cost(12.0), cost(0.5)], ""),
        row(
            "Pending",
            0,
            [waits(Value::Is(90.0, Unit::Seconds)), waits(Value::AtLeast(7_200.0, Unit::Seconds))],
            "",
        ),
    ];
    let table = Table {
        title: "",
        columns: ["ON-DEMAND", "PROPOSED"].map(String::from).to_vec(),
        notes: "CHANGE",
        intervals: Intervals::Behind,
        rows,
    };
    let saving =
        Figure { name: "Saving".into(), cell: cell(vec![Value::Is(2_975.9, Unit::UsdMonthly)]) };
    let section = |title, claim: &str, blocks| Section {
        title,
        claim: claim.into(),
        blocks,
        continues: false,
    };
    let why = Note { text: "0/3 nodes are available".into(), below: Vec::new() };
    vec![
        section("Both plans", "", vec![Block::Table(table), Block::Chart("cost")]),
        section("Savings", "", vec![Block::Figure(saving), note("Single weeks vary.", vec![])]),
        Section {
            continues: true,
            ..section("Waiting", "", vec![note("1 pod of shop/my_web", vec![why])])
        },
        section("Warnings", "Warnings (1)", vec![note("disk is full", vec![])]),
    ]
}

#[test]
fn text_fits_its_columns() {
    let expected = "
                     ON-DEMAND          PROPOSED   CHANGE
Cost /month             $4,210            $1,234   -70.7 %
  of it idle            $12.00             $0.50
Pending       2.5 s / 90 s / -  2.5 s / >2 h / -

Saving: $2,976/month
Single weeks vary.
1 pod of shop/my_web
  0/3 nodes are available

Warnings (1)
  disk is full
";
    assert_eq!(text::render(&report(), 100), expected[1..]);
}

#[test]
fn markdown_has_headings_tables_pictures_and_lists() {
    let expected = "\
## Both plans

|  | ON-DEMAND | PROPOSED | CHANGE |
| :-- | --: | --: | :-- |
| Cost /month | $4,210 | $1,234 | -70.7 % |
| &emsp;of it idle | $12.00 | $0.50 |  |
| Pending | 2.5 s / 90 s / - | 2.5 s / >2 h / - |  |

![cost](cost.svg)

## Savings

- Saving: **$2,976/month**
- Single weeks vary.

## Waiting

- 1 pod of shop/my\\_web
  - 0/3 nodes are available

## Warnings

Warnings (1)

- disk is full
";
    assert_eq!(markdown::render(&report()), expected);
}

#[test]
fn json_carries_value_unit_and_precision() {
    let json = json::render(&report());
    assert_eq!(json["schema"], json::SCHEMA);
    let rows = &json["sections"][0]["blocks"][0]["table"]["rows"];
    assert_eq!(
        rows[0]["cells"][0]["values"][0],
        serde_json::json!({
            "value": 4_210.4, "unit": "usd", "precision": 0, "atLeast": false, "text": "$4,210"
        })
    );
    let waits = &rows[2]["cells"][1]["values"];
    assert_eq!((&waits[1]["atLeast"], &waits[1]["value"]), (&true.into(), &7_200.0.into()));
    assert!(waits[2].is_null());
    assert_eq!(json["sections"][0]["blocks"][1]["chart"], "cost");
}
