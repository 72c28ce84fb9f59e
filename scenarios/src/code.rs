//! A code of diagnostics, with its words.

/// A code.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// Its name, stable for ever: `E` stops the simulation, `W` does not.
    pub id: &'static str,
    /// What it means, in one sentence.
    pub title: &'static str,
    /// Why it is one.
    pub why: &'static str,
    /// A part of a scenario that gives it.
    pub example: &'static str,
    /// What to do.
    pub fix: &'static str,
}

impl Code {
    /// What to do, as the last line of a diagnostic says it: no capital, no full stop.
    #[must_use]
    pub fn help(&self) -> String {
        let mut letters = self.fix.chars();
        let first = letters.next().into_iter().flat_map(char::to_lowercase);
        first.chain(letters).collect::<String>().trim_end_matches('.').to_owned()
    }
}
