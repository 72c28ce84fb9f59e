//! Mutants of tables: lines and cells taken out, doubled, exchanged and pushed to the edge.

use super::draws::Draws;
use super::extremes;

pub(crate) fn mutant(text: &str, draws: &mut Draws) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let changes = if draws.one_in(3) { 2 + draws.below(3) } else { 1 };
    for _ in 0..changes {
        if lines.is_empty() {
            break;
        }
        let (at, other) = (draws.below(lines.len()), draws.below(lines.len()));
        match draws.below(10) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[other].clone()),
            2 => lines.swap(at, other),
            _ => lines[at] = line(&lines[at], draws),
        }
    }
    lines.join(if draws.one_in(12) { "\r\n" } else { "\n" }) + "\n"
}

fn line(line: &str, draws: &mut Draws) -> String {
    let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
    let (at, other) = (draws.below(cells.len()), draws.below(cells.len()));
    match draws.below(12) {
        0 => drop(cells.remove(at)),
        1 => cells.insert(at, cells[other].clone()),
        2 => cells.swap(at, other),
        _ => cells[at] = extremes::cell(&cells[at], draws),
    }
    cells.join(",")
}
