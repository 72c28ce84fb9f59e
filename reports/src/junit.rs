//! Checks as JUnit XML, which GitLab, Jenkins and actions for GitHub read.
//!
//! The same test has the same name whatever came out, so that two branches can be compared: what was
//! observed stands in the text of a failure, and nothing depends on a clock.

use std::fmt::Write;

use crate::expect::Judged;
use crate::rules::RuleSummary;
use crate::sections::expectations::{remark, value};
use crate::summary::NeverPlaced;

/// The cases of one scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suite {
    /// The scenario's name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// The seed.
    pub seed: u64,
    /// How many replications there are.
    pub replications: usize,
    /// What was checked.
    pub cases: Vec<Case>,
}

/// One thing that was checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// Of which kind: `expect`, `rules` or `placement`.
    pub kind: &'static str,
    /// What it is called.
    pub name: String,
    /// On which line of the scenario, if it has one there.
    pub line: Option<usize>,
    /// What came out.
    pub outcome: CaseOutcome,
    /// What else there is to say.
    pub output: String,
}

/// What came out of a case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CaseOutcome {
    /// It holds.
    Passed,
    /// It does not, and why.
    Failed(String),
    /// It could not be judged, or decides nothing, and why.
    Skipped(String),
}

impl Suite {
    /// The cases of a check: its expectations, its rules, and that every pod finds a node.
    #[must_use]
    pub fn cases(
        judged: &[Judged],
        rules: &[RuleSummary],
        never: Option<&NeverPlaced>,
        replications: usize,
    ) -> Vec<Case> {
        let expect = Suite::of_expectations(judged).into_iter();
        let rules = rules.iter().map(|rule| {
            let outcome = match &rule.first {
                None => CaseOutcome::Passed,
                Some(first) => CaseOutcome::Failed(format!(
                    "{}: broken in {} of {replications} replications; first in run {}: {}",
                    rule.says, rule.broken_replications, first.run, first.what
                )),
            };
            let name = rule.rule.clone();
            Case { kind: "rules", name, line: None, outcome, output: String::new() }
        });
        let placement = Case {
            kind: "placement",
            name: "every pod finds a node".into(),
            line: None,
            outcome: never
                .map_or(CaseOutcome::Passed, |it| CaseOutcome::Failed(it.clause(replications))),
            output: String::new(),
        };
        expect.chain(rules).chain([placement]).collect()
    }

    /// The expectations alone.
    #[must_use]
    pub fn of_expectations(judged: &[Judged]) -> Vec<Case> {
        let cases = judged.iter().map(|it| {
            let text = format!("{}: {}", it.expect, said(it));
            let outcome = match it.holds {
                None => CaseOutcome::Skipped(remark(it)),
                Some(false) if it.decides => CaseOutcome::Failed(text.clone()),
                Some(false) => CaseOutcome::Skipped(format!("a warning: {text}")),
                Some(true) => CaseOutcome::Passed,
            };
            let (kind, name, line) = ("expect", it.expect.clone(), Some(it.line));
            Case { kind, name, line, outcome, output: said(it) }
        });
        cases.collect()
    }
}

/// What a figure came to, in words.
fn said(it: &Judged) -> String {
    let value = value(it).map_or_else(|| "no value".into(), |value| format!("is {value}"));
    match &remark(it)[..] {
        "" => value,
        remark => format!("{value}; {remark}"),
    }
}

/// The suites as one document. Names of several cases that are alike are numbered: readers show the
/// first of them alone.
#[must_use]
pub fn junit(suites: &[Suite]) -> String {
    let counted = |suites: &[Suite]| {
        let cases = || suites.iter().flat_map(|suite| &suite.cases);
        let of = |which: fn(&CaseOutcome) -> bool| cases().filter(|it| which(&it.outcome)).count();
        let failed = of(|it| matches!(it, CaseOutcome::Failed(_)));
        let skipped = of(|it| matches!(it, CaseOutcome::Skipped(_)));
        let tests = cases().count();
        format!(
            "tests=\"{tests}\" failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\" time=\"0\""
        )
    };
    let mut text = format!("{MARK} {}>\n", counted(suites));
    for suite in suites {
        let name = attribute(&suite.name);
        let _ = writeln!(
            text,
            "  <testsuite name=\"{name}\" {}>",
            counted(std::slice::from_ref(suite))
        );
        let _ = writeln!(
            text,
            "    <properties>\n      <property name=\"seed\" value=\"{}\"/>\n      \
             <property name=\"replications\" value=\"{}\"/>\n    </properties>",
            suite.seed, suite.replications
        );
        for (index, case) in suite.cases.iter().enumerate() {
            let alike = |it: &&Case| it.kind == case.kind && it.name == case.name;
            let before = suite.cases[..index].iter().filter(alike).count();
            let number = if before > 0 { format!(" ({})", before + 1) } else { String::new() };
            write_case(&mut text, suite, case, &number);
        }
        text += "  </testsuite>\n";
    }
    text + "</testsuites>\n"
}

/// What a document begins with.
pub const MARK: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"spotsim\"";

fn write_case(text: &mut String, suite: &Suite, case: &Case, number: &str) {
    // Jenkins splits a class name at its last dot.
    let class = format!("{}.{}", suite.name.replace('.', "_"), case.kind);
    let line = case.line.map_or_else(String::new, |line| format!(" line=\"{line}\""));
    let _ = write!(
        text,
        "    <testcase classname=\"{}\" name=\"{}{number}\" file=\"{}\"{line} time=\"0\"",
        attribute(&class),
        attribute(&case.name),
        attribute(&suite.file),
    );
    let inside = match &case.outcome {
        CaseOutcome::Passed => String::new(),
        // GitLab shows the text, Jenkins the message.
        CaseOutcome::Failed(why) => format!(
            "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
            case.kind,
            attribute(why),
            content(why)
        ),
        CaseOutcome::Skipped(why) => format!("      <skipped message=\"{}\"/>\n", attribute(why)),
    };
    let output = match &case.output[..] {
        "" => String::new(),
        output => format!("      <system-out>{}</system-out>\n", content(output)),
    };
    match inside + &output {
        inside if inside.is_empty() => *text += "/>\n",
        inside => {
            let _ = write!(text, ">\n{inside}    </testcase>\n");
        }
    }
}

/// A text between tags: XML 1.0 has no other controls than tab and the ends of lines.
fn content(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '\t' | '\n' => escaped.push(letter),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter if letter.is_control() => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A text in an attribute.
fn attribute(text: &str) -> String {
    content(text).replace('"', "&quot;").replace('\n', "&#10;").replace('\t', "&#9;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_files_are_no_markup() {
        let case = |name: &str, outcome: CaseOutcome| Case {
            kind: "rules",
            name: name.into(),
            line: Some(3),
            outcome,
            output: String::new(),
        };
        let suite = Suite {
            name: "a.b".into(),
            file: "s.yaml".into(),
            seed: 1,
            replications: 2,
            cases: vec![
                case("<x>&\"\u{1}", CaseOutcome::Passed),
                case("twice", CaseOutcome::Passed),
                case("twice", CaseOutcome::Failed("]]> & so on".into())),
            ],
        };
        let text = junit(&[suite]);
        assert!(text.contains("tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"0\""), "{text}");
        assert!(
            text.contains("name=\"&lt;x&gt;&amp;&quot;\u{fffd}\" file=\"s.yaml\" line=\"3\""),
            "{text}"
        );
        assert!(text.contains("classname=\"a_b.rules\" name=\"twice (2)\""), "{text}");
        assert!(text.contains(">]]&gt; &amp; so on</failure>"), "{text}");
    }
}
