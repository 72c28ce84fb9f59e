//! Reports: facts fold into figures, figures of many replications into a summary, a summary into
//! text or JSON.
//!
//! Nothing here sees a world: a report is made of facts, and of the legend that names them.

pub mod chart;
pub mod charts;
pub mod cost;
pub mod event_log;
pub mod expect;
pub mod export;
pub mod figures;
pub mod fit;
pub mod folds;
mod format;
pub mod glossary;
pub mod interval;
pub mod junit;
pub mod layout;
pub mod metrics;
pub mod names;
pub mod paired;
pub mod pod_history;
mod recording;
pub mod render;
pub mod rules;
mod schema;
pub mod section;
pub mod sections;
pub mod settings;
pub mod stats;
pub mod summary;
pub mod words;

use cost::trace::{Focus, Trace};
pub use figures::{Figures, Fold};
pub use format::many;
pub use recording::Recording;
pub use render::text::to_ascii;
pub use schema::schema;
pub use summary::{Input, Summary, summarize};

/// The answer in one line: the saving beside its risk, or that there is none because pods never run.
#[must_use]
pub fn verdict(summary: &Summary) -> String {
    sections::verdict(summary)
}

/// The evidence and the caveats as text, its tables within `columns`. Its sentences are whole lines.
#[must_use]
pub fn table(summary: &Summary, columns: usize) -> String {
    // The answer is printed apart.
    render::text::render(&sections::of(summary)[1..], columns)
}

/// The whole report as Markdown; its charts are pictures in the folder of the run.
#[must_use]
pub fn markdown(summary: &Summary) -> String {
    sim::plain::plain_lines(&render::markdown::render(&sections::of(summary))).into_owned()
}

/// The report as a comment of a pull request: the answer, the figures and what they are to keep to, and
/// the rest folded.
#[must_use]
pub fn comment(summary: &Summary) -> String {
    let all = sections::of(summary);
    let is_shown = |it: &section::Section| sections::IN_COMMENTS.contains(&it.title);
    let (shown, folded): (Vec<_>, Vec<_>) = all.into_iter().skip(1).partition(is_shown);
    render::comment::render(&verdict(summary), &shown, "", &folded)
}

/// A check as a comment of a pull request: its expectations, its rules, and pods that never run.
#[must_use]
pub fn check_comment(
    claim: &str,
    judged: &[expect::Judged],
    rules: &[rules::RuleSummary],
    never: Option<&summary::NeverPlaced>,
    replications: usize,
) -> String {
    let never = never.map(|it| sections::unplaced::of_never_placed(it, replications));
    let shown: Vec<section::Section> =
        never.into_iter().chain(sections::expectations::of(judged)).collect();
    let folded: Vec<section::Section> =
        sections::rules::of(rules, replications).into_iter().collect();
    render::comment::render(claim, &shown, "", &folded)
}

/// The whole report as indented JSON: its sections, with every figure as people read it.
///
/// # Panics
/// Never: there is nothing in it that JSON cannot say.
#[must_use]
pub fn json(summary: &Summary) -> String {
    let report = render::json::render(&sections::of(summary));
    let text = serde_json::to_string_pretty(&report).expect("plain data");
    sim::plain::plain_lines(&text).into_owned()
}

/// The whole report as one HTML file that needs nothing else, in light and dark: `command` is what has to
/// be typed to get the same again.
#[must_use]
pub fn html(
    summary: &Summary,
    charts: &[chart::Chart],
    logs: &[event_log::EventLog],
    command: &str,
) -> String {
    let sections = sections::of_a_page(summary);
    render::html::run::render(&render::html::run::Page {
        summary,
        sections: &sections,
        charts,
        logs,
        command,
    })
}

/// Each workload of which pods never run, with what the scheduler said, as text.
#[must_use]
pub fn never_placed_list(never: &summary::NeverPlaced, replications: usize) -> String {
    let section = sections::unplaced::of_never_placed(never, replications);
    render::text::render(&[section], layout::WIDE)
}

/// The rules and how they fared, as text; nothing if there are none.
#[must_use]
pub fn rule_list(rules: &[rules::RuleSummary], replications: usize) -> String {
    let section = sections::rules::of(rules, replications);
    section.map_or_else(String::new, |it| render::text::render(&[it], layout::WIDE))
}

/// The expectations of a scenario and how they fared, as text; nothing if there are none.
#[must_use]
pub fn expectation_list(judged: &[expect::Judged]) -> String {
    let section = sections::expectations::of(judged);
    section.map_or_else(String::new, |it| render::text::render(&[it], layout::WIDE))
}

/// Plans against each other as text: the answer, and what shows it, its tables within `columns`.
#[must_use]
pub fn compared_text(compared: &paired::Compared, columns: usize) -> (String, String) {
    let sections = paired::sections(compared);
    (sections[0].claim.clone(), render::text::render(&sections[1..], columns))
}

/// Where two plans differ most in one metric, and by what else they differ there, as text, its table within
/// `columns`.
#[must_use]
pub fn apart_text(apart: &paired::Apart, widest: &paired::Widest, columns: usize) -> String {
    render::text::render(&[paired::apart_section(apart, widest)], columns)
}

/// Plans against each other as one HTML file that needs nothing else: `command` is what has to be typed to
/// get the same again.
#[must_use]
pub fn compared_html(compared: &paired::Compared, command: &str) -> String {
    paired::page(compared, command)
}

/// Settings side by side as text: the answer, and what shows it, its tables within `columns`.
#[must_use]
pub fn swept_text(swept: &settings::Swept, columns: usize) -> (String, String) {
    let sections = settings::sections(swept);
    (sections[0].claim.clone(), render::text::render(&sections[1..], columns))
}

/// Settings side by side as one HTML file, likewise.
#[must_use]
pub fn swept_html(swept: &settings::Swept, command: &str) -> String {
    settings::page(swept, command)
}

/// Settings side by side as a comment of a pull request.
#[must_use]
pub fn swept_comment(swept: &settings::Swept) -> String {
    settings_comment(settings::sections(swept))
}

/// The cheapest setting as a comment of a pull request.
#[must_use]
pub fn optimum_comment(optimum: &settings::Optimum) -> String {
    settings_comment(settings::optimum_sections(optimum))
}

/// The answer, the table of settings, and the rest folded.
fn settings_comment(mut sections: Vec<section::Section>) -> String {
    const SHOWN: [&str; 2] = ["Settings", "Expectations"];
    let rest = sections.split_off(1);
    let (shown, folded): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|it| SHOWN.contains(&it.title));
    let claim = sections.first().map_or("", |it| &it.claim);
    render::comment::render(claim, &shown, "", &folded)
}

/// The cheapest setting as text: the answer, and what shows it, its tables within `columns`.
#[must_use]
pub fn optimum_text(optimum: &settings::Optimum, columns: usize) -> (String, String) {
    let sections = settings::optimum_sections(optimum);
    (sections[0].claim.clone(), render::text::render(&sections[1..], columns))
}

/// The cheapest setting as one HTML file, likewise.
#[must_use]
pub fn optimum_html(optimum: &settings::Optimum, command: &str) -> String {
    settings::optimum_page(optimum, command)
}

/// Where the cost of a run comes from, as text.
///
/// # Errors
/// If there is no such pool or instance: what there is.
pub fn cost_list(trace: &Trace, run: &str, focus: &Focus) -> Result<String, String> {
    let sections = sections::trace::sections(trace, run, focus)?;
    Ok(render::text::render(&sections, layout::WIDE))
}
