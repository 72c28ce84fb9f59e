//! A comment for a pull request: a bold line, what shows it, and the rest folded.

use super::markdown;
use crate::section::{Block, Section};

/// What a comment begins with, so that the next run finds it and replaces it.
pub const MARKER: &str = "<!-- spotsim:report -->";
/// As many letters are written at most: GitHub takes 65,536.
const MOST: usize = 64_000;
/// What the folded part is called.
const FOLDED: &str = "More";

/// A claim, sections that show it, and sections that are folded, behind a text of their own.
#[must_use]
pub fn render(claim: &str, shown: &[Section], before: &str, folded: &[Section]) -> String {
    let shown = markdown::render(&without_charts(shown));
    let folded = format!("{before}{}", markdown::render(&without_charts(folded)));
    let mut text = format!("{MARKER}\n**{}**\n", markdown::escaped(claim));
    let mut left_out = false;
    let mut add = |part: &str, text: &mut String| {
        for line in part.split_inclusive('\n') {
            left_out |= text.len() + line.len() > MOST;
            if left_out {
                return;
            }
            text.push_str(line);
        }
    };
    add(&format!("\n{shown}"), &mut text);
    if !folded.trim().is_empty() {
        text += &format!("\n<details><summary>{FOLDED}</summary>\n\n");
        add(&folded, &mut text);
        text += "\n</details>\n";
    }
    if left_out {
        text += "\nThe rest is left out: a comment holds no more.\n";
    }
    sim::plain::plain_lines(&text).into_owned()
}

/// A comment has no pictures beside it.
fn without_charts(sections: &[Section]) -> Vec<Section> {
    let mut sections = sections.to_vec();
    for section in &mut sections {
        section.blocks.retain(|block| !matches!(block, Block::Chart(_)));
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::section::Note;

    #[test]
    fn a_long_comment_is_cut_between_lines_and_closed() {
        let notes = (0..5_000).map(|number| Note::new(format!("note {number} of many")).into());
        let long = Section::new("Notes", "", notes.collect());
        let text = render("a <b>", &[], "", &[long]);
        assert!(
            text.starts_with("<!-- spotsim:report -->\n**a \\<b\\>**\n") && text.len() < 65_536
        );
        assert!(text.ends_with("</details>\n\nThe rest is left out: a comment holds no more.\n"));
        assert_eq!(text.matches(MARKER).count(), 1);
    }
}
