//! Heads that are much wider than the figures below them: names of plans, as long as their files' names.

use std::fmt::Write;

use super::{Row, length, room_for_names, widths};

/// A head of at most this many letters may always widen its column.
const SHORT: usize = 12;
/// So may one that is wider than its figures by no more than this.
const WIDER: usize = 4;

/// A head that stands above its table, and the number of its column.
pub(super) type Taken = (usize, String);

/// Takes long heads out of the first of some rows, where they leave names no room: `widest` columns.
pub(super) fn taken(rows: &mut [Row], widest: usize, columns: usize) -> Vec<Taken> {
    if room_for_names(widest, &widths(rows), columns) == widest {
        return Vec::new();
    }
    let Some((head, figures)) = rows.split_first_mut() else { return Vec::new() };
    let widths = widths(figures);
    let long = head.figures.iter_mut().enumerate().filter(|(column, it)| {
        let figures = widths.get(*column).copied().unwrap_or(0);
        length(it) > SHORT.max(figures + WIDER)
    });
    long.map(|(column, it)| (column, std::mem::take(it))).collect()
}

/// Where each column ends that is behind `names` columns of names.
fn ends(names: usize, widths: &[usize]) -> Vec<usize> {
    let add = |end: &mut usize, width: &usize| {
        *end += width + 2;
        Some(*end)
    };
    widths.iter().scan(names, add).collect()
}

/// How many columns names need beside figures of some widths, for whole heads to end where their
/// columns end.
pub(super) fn room(heads: &[Taken], widths: &[usize]) -> usize {
    let ends = ends(0, widths);
    heads.iter().map(|(column, head)| length(head).saturating_sub(ends[*column])).max().unwrap_or(0)
}

/// A line for each head, which ends where its column ends behind `names` columns of names.
pub(super) fn above(heads: &[Taken], names: usize, widths: &[usize]) -> String {
    let ends = ends(names, widths);
    let ended: Vec<(&str, usize)> =
        heads.iter().map(|(column, head)| (&head[..], ends[*column])).collect();
    let mut text = String::new();
    for (number, (head, end)) in ended.iter().enumerate() {
        let shown = if is_alone(number, &ended) {
            shortened(head, *end)
        } else {
            let number = format!(" ({})", number + 1);
            shortened(head, end.saturating_sub(length(&number))) + &number
        };
        let _ = writeln!(text, "{shown:>end$}");
    }
    text
}

/// Whether no other head would look like it where both are cut to the same length.
fn is_alone(number: usize, heads: &[(&str, usize)]) -> bool {
    let (head, end) = heads[number];
    let mut others = heads.iter().enumerate().filter(|(other, _)| *other != number);
    others.all(|(_, (other, its_end))| {
        let least = end.min(*its_end);
        shortened(head, least) != shortened(other, least)
    })
}

/// A text without its middle, if it takes more than some columns: names differ at either end.
fn shortened(text: &str, columns: usize) -> String {
    let count = length(text);
    if count <= columns {
        return text.to_owned();
    }
    let kept = columns.saturating_sub(1);
    let begins = text.chars().take(kept.div_ceil(2));
    begins.chain(['…']).chain(text.chars().skip(count - kept / 2)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::table;

    /// A table of two plans in 40 columns.
    fn of(plans: [&str; 2]) -> String {
        let row = |name: &str, figures: [&str; 3]| Row::new(name, figures.map(str::to_owned));
        let rows = [
            row("", [plans[0], plans[1], "CHANGE"]),
            row("Cost /month", ["$1,200", "$900", "-$300"]),
            row("Nodes", ["3.00", "2.00", "-1.00"]),
        ];
        table(rows.to_vec(), 0, 40)
    }

    #[test]
    fn heads_with_room_stand_beside_each_other() {
        let text = of(["BASE", "BASE-SPOT"]);
        let head = text.lines().next();
        assert_eq!(head, Some("               BASE  BASE-SPOT  CHANGE"), "{text}");
    }

    #[test]
    fn heads_without_room_stand_above_their_columns() {
        let expected = [
            "     PROD-ON-DEMAND",
            "       PROD-ON-SPOT-NODES",
            "                           CHANGE",
            "Cost /month  $1,200  $900   -$300",
            "Nodes          3.00  2.00   -1.00",
        ];
        let text = of(["PROD-ON-DEMAND", "PROD-ON-SPOT-NODES"]);
        assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn names_make_room_for_heads() {
        let text = of(["PROD-ON-DEMAND-IN-EU", "PROD-ON-SPOT-IN-EU"]);
        let expected = ["PROD-ON-DEMAND-IN-EU", "        PROD-ON-SPOT-IN-EU"];
        assert_eq!(text.lines().take(2).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_cut_stays_distinct() {
        let name = |last: &str| format!("{}{last}", "long-".repeat(8));
        let text = of([&name("a"), &name("b")]);
        let heads: Vec<&str> = text.lines().take(2).map(str::trim).collect();
        assert_eq!(heads, ["long-long-lon…-long-long-a", "long-long-long-l…ong-long-long-b"]);

        let name = |middle: &str| format!("{0}{middle}{0}", "long-".repeat(8));
        let text = of([&name("a"), &name("b")]);
        let heads: Vec<&str> = text.lines().take(2).map(str::trim).collect();
        assert_eq!(heads, ["long-long-l…long-long- (1)", "long-long-long…ng-long-long- (2)"]);
        assert!(text.lines().all(|line| length(line) <= 40), "{text}");
    }
}
