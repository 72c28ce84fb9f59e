//! The grammar of an expectation: a figure, a relation and a limit.
//!
//! ```text
//! expectation = subject relation limit
//! limit       = number [unit] | "base" ["*" number]
//! subject     = term | "worst(" term ")" | "cvar95(" term ")" | "P(" term relation number [unit] ")"
//! term        = name | name "(" name ")" | name "(" string ")"
//! relation    = "<" | "<=" | ">" | ">=" | "=="
//! ```

use std::ops::Range;

use sim::terms::expect::Relation;

/// An expectation as it is written, before it is known what its names mean.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Written {
    pub(super) subject: Subject,
    pub(super) term: Term,
    pub(super) relation: Relation,
    pub(super) limit: Number,
    /// Whether the limit is a multiple of what the figure comes to in the base plan.
    pub(super) of_base: bool,
}

/// What is looked at over replications.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Subject {
    Mean,
    Worst,
    Cvar95,
    Probability(Relation, Number),
}

/// The name of a figure: its key, and the workload that it is asked for.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Term {
    pub(super) key: String,
    pub(super) span: Range<usize>,
    pub(super) workload: Option<(String, Range<usize>)>,
}

/// A number and the unit behind it, if there is one.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Number {
    pub(super) value: f64,
    pub(super) unit: String,
    pub(super) span: Range<usize>,
}

/// What is wrong, and at which bytes of the expectation.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Mistake {
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) help: String,
}

/// Reads an expectation.
pub(super) fn parse(text: &str) -> Result<Written, Mistake> {
    let mut reader = Reader { text, at: 0 };
    let (subject, term) = reader.subject()?;
    let relation = reader.relation()?;
    let (limit, of_base) = reader.limit()?;
    match reader.rest() {
        "" => Ok(Written { subject, term, relation, limit, of_base }),
        rest => {
            let message = format!("`{rest}` is left over");
            Err(reader.mistake(rest.len(), message, "one figure, one relation and one limit"))
        }
    }
}

/// How far the text has been read.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    /// What is left, without the blanks before it.
    fn rest(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text[self.at..].trim_end()
    }

    /// That something is wrong here, over a number of bytes.
    fn mistake(&mut self, bytes: usize, message: String, help: &str) -> Mistake {
        self.rest();
        let end = (self.at + bytes.max(1)).min(self.text.len()).max(self.at);
        Mistake { span: self.at..end, message, help: help.into() }
    }

    /// That something else was to come.
    fn expected(&mut self, what: &str, help: &str) -> Mistake {
        let rest = self.rest();
        let found = match rest.chars().next() {
            None => "it ends here".to_owned(),
            Some(_) => {
                let word = rest.split([' ', '(', ')']).next().filter(|it| !it.is_empty());
                format!("there is `{}`", word.unwrap_or(&rest[..1]))
            }
        };
        let bytes = rest.chars().next().map_or(0, char::len_utf8);
        self.mistake(bytes, format!("{what} is missing: {found}"), help)
    }

    /// Takes a sign if it comes next.
    fn takes(&mut self, sign: &str) -> bool {
        let is_next = self.rest().starts_with(sign);
        self.at += if is_next { sign.len() } else { 0 };
        is_next
    }

    fn needs(&mut self, sign: &str) -> Result<(), Mistake> {
        if self.takes(sign) { Ok(()) } else { Err(self.expected(&format!("`{sign}`"), EXAMPLE)) }
    }

    /// Takes a name.
    fn name(&mut self) -> Result<(String, Range<usize>), Mistake> {
        let rest = self.rest();
        let is_part = |c: char| c.is_alphanumeric() || "._/-".contains(c);
        let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        if end == 0 || !rest.starts_with(char::is_alphabetic) {
            return Err(self.expected("the name of a figure", EXAMPLE));
        }
        let start = self.at;
        self.at += end;
        Ok((rest[..end].to_owned(), start..self.at))
    }

    fn subject(&mut self) -> Result<(Subject, Term), Mistake> {
        let before = self.at;
        let (name, span) = self.name()?;
        let opens = self.takes("(");
        match (name.as_str(), opens) {
            ("P", true) => {
                let term = self.term()?;
                let relation = self.relation()?;
                let value = self.number()?;
                self.needs(")")?;
                Ok((Subject::Probability(relation, value), term))
            }
            ("worst" | "cvar95", true) => {
                let term = self.term()?;
                self.needs(")")?;
                let subject = if name == "worst" { Subject::Worst } else { Subject::Cvar95 };
                Ok((subject, term))
            }
            (_, true) => {
                self.at = before;
                Ok((Subject::Mean, self.term()?))
            }
            (_, false) => Ok((Subject::Mean, Term { key: name, span, workload: None })),
        }
    }

    fn term(&mut self) -> Result<Term, Mistake> {
        let (name, span) = self.name()?;
        if !self.takes("(") {
            return Ok(Term { key: name, span, workload: None });
        }
        if self.rest().starts_with(['"', '\'']) {
            let workload = Some(self.string()?);
            self.needs(")")?;
            return Ok(Term { key: name, span, workload });
        }
        let (inner, inner_span) = self.name()?;
        self.needs(")")?;
        let span = span.start..self.at;
        // `availability(web)` is understood without quotes.
        if sim::terms::metrics::Metric::named(&name).is_some_and(|it| it.is_of_workload()) {
            return Ok(Term { key: name, span, workload: Some((inner, inner_span)) });
        }
        Ok(Term { key: format!("{name}({inner})"), span, workload: None })
    }

    /// Takes a text between quotes.
    fn string(&mut self) -> Result<(String, Range<usize>), Mistake> {
        let rest = self.rest();
        let quote = &rest[..1];
        match rest[1..].find(quote) {
            Some(end) => {
                let start = self.at;
                self.at += end + 2;
                Ok((rest[1..=end].to_owned(), start..self.at))
            }
            None => Err(self.mistake(
                rest.len(),
                format!("the quote {quote} is not closed"),
                r#"write a workload like "web" or "shop/web""#,
            )),
        }
    }

    fn relation(&mut self) -> Result<Relation, Mistake> {
        for relation in Relation::ALL {
            if self.takes(relation.sign()) {
                return Ok(relation);
            }
        }
        match self.rest() {
            rest if rest.starts_with('=') => {
                Err(self.mistake(1, "`=` is no relation".into(), "write `==`"))
            }
            rest if rest.starts_with('!') => {
                let help = "write `<`, `<=`, `>`, `>=` or `==`";
                Err(self.mistake(2, "`!=` is no relation".into(), help))
            }
            _ => Err(self.expected("a relation", "write `<`, `<=`, `>`, `>=` or `==`")),
        }
    }

    /// Takes a limit: a number, or a multiple of what the figure comes to in the base plan.
    fn limit(&mut self) -> Result<(Number, bool), Mistake> {
        let is_part = |c: char| c.is_alphanumeric() || "._/-".contains(c);
        let rest = self.rest();
        let word = &rest[..rest.find(|c: char| !is_part(c)).unwrap_or(rest.len())];
        if word != "base" {
            return Ok((self.number()?, false));
        }
        let start = self.at;
        self.at += word.len();
        if !self.takes("*") {
            let span = start..self.at;
            return Ok((Number { value: 1.0, unit: String::new(), span }, true));
        }
        let number = self.number()?;
        if number.unit.is_empty() {
            return Ok((number, true));
        }
        let message = "a multiple of the base has no unit".to_owned();
        Err(Mistake { span: number.span, message, help: "write `base * 1.05`".into() })
    }

    fn number(&mut self) -> Result<Number, Mistake> {
        let rest = self.rest();
        let start = self.at;
        let dollars = usize::from(rest.starts_with('$'));
        let digits = &rest[dollars..];
        let is_part = |(at, c): (usize, char)| {
            let before = digits[..at].chars().next_back();
            c.is_ascii_digit()
                || c == '.'
                || (matches!(c, '+' | '-') && matches!(before, None | Some('e' | 'E')))
                || (matches!(c, 'e' | 'E') && before.is_some_and(|c| c.is_ascii_digit()))
        };
        let end = digits.char_indices().find(|it| !is_part(*it)).map_or(digits.len(), |it| it.0);
        let value = digits[..end].parse::<f64>().ok().filter(|it| it.is_finite());
        let Some(value) = value else {
            return Err(self.expected("a number", "write the limit as a number: `12000`, `0.9995`"));
        };
        self.at += dollars + end;
        let unit: String = self.text[self.at..]
            .trim_start()
            .chars()
            .take_while(|c| c.is_alphabetic() || *c == '%')
            .collect();
        if !unit.is_empty() {
            self.rest();
            self.at += unit.len();
        }
        let unit = if dollars > 0 { format!("${unit}") } else { unit };
        Ok(Number { value, unit, span: start..self.at })
    }
}

/// What an expectation looks like.
const EXAMPLE: &str = "write it like `cost.monthly < 12000` or `p95(pending_seconds) < 120`";

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> (Range<usize>, String) {
        let mistake = parse(text).expect_err(text);
        (mistake.span, mistake.message)
    }

    #[test]
    fn what_can_be_said() {
        let read = parse("cost.monthly<12000").unwrap();
        assert_eq!(
            (read.term.key.as_str(), read.relation, read.limit.value),
            ("cost.monthly", Relation::Less, 12_000.0)
        );
        let read = parse("p95( pending_seconds ) <= 2 min").unwrap();
        assert_eq!(
            (read.term.key.as_str(), read.limit.unit.as_str()),
            ("p95(pending_seconds)", "min")
        );
        let read = parse(r#"availability("shop/web") >= 99.95%"#).unwrap();
        assert_eq!(read.term.workload, Some(("shop/web".into(), 13..23)));
        assert_eq!(read.limit.unit, "%");
        assert_eq!(parse("availability(web) >= 0.9").unwrap().term.workload.unwrap().0, "web");
        let read = parse("P(reclaims_per_day > 10) < 0.05").unwrap();
        assert!(
            matches!(read.subject, Subject::Probability(Relation::More, it) if (it.value - 10.0).abs() < 1e-9)
        );
        assert_eq!(parse("worst(max(pending_seconds)) < 1e3").unwrap().subject, Subject::Worst);
        assert_eq!(parse("cvar95(cost.monthly) < $5").unwrap().limit.unit, "$");
        assert!(parse("saving.monthly > -5").unwrap().limit.value < 0.0);
    }

    #[test]
    fn a_mistake_has_its_place() {
        for (text, span, message) in [
            ("", 0..0, "the name of a figure is missing: it ends here"),
            ("cost.monthly", 12..12, "a relation is missing: it ends here"),
            ("cost.monthly = 5", 13..14, "`=` is no relation"),
            ("cost.monthly != 5", 13..15, "`!=` is no relation"),
            ("cost.monthly < ", 15..15, "a number is missing: it ends here"),
            ("cost.monthly < many", 15..16, "a number is missing: there is `many`"),
            ("cost.monthly < 5 < 6", 17..20, "`< 6` is left over"),
            ("P(reclaims_per_day > 10 < 0.05", 24..25, "`)` is missing: there is `<`"),
            ("availability(\"web >= 0.9", 13..24, "the quote \" is not closed"),
            ("< 5", 0..1, "the name of a figure is missing: there is `<`"),
            ("p95(pending_seconds < 5", 20..21, "`)` is missing: there is `<`"),
        ] {
            assert_eq!(wrong(text), (span, message.to_owned()), "{text}");
        }
    }
}
