//! What a person sees on stderr while replications run.

use std::io::{IsTerminal, Write};
use std::time::Instant;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use spotsim::{Error, Stop};

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::terminal;

/// Progress, notes and interruption of one experiment.
pub(crate) struct Progress {
    bar: ProgressBar,
    quiet: bool,
    interrupt: Interrupt,
    started: Instant,
}

impl Progress {
    /// Progress towards `n` replications. A bar is drawn on a terminal only.
    pub(crate) fn new(quiet: bool, n: u32) -> Progress {
        Progress::of(quiet, n.into())
    }

    /// The same towards any number of them.
    pub(crate) fn of(quiet: bool, n: u64) -> Progress {
        let shown = !quiet && std::io::stderr().is_terminal();
        let target =
            if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let (length, template) = match n {
            // How many it takes is what is to be found out.
            0 => (None, "Simulating {spinner} {pos}  {elapsed}"),
            n => (Some(n), "Simulating {bar:24} {pos}/{len}  {percent} %  eta {eta}"),
        };
        let bar = ProgressBar::with_draw_target(length, target);
        let style = ProgressStyle::with_template(template).expect("the template is well-formed");
        bar.set_style(style.progress_chars(if terminal::is_unicode() {
            "━╸─"
        } else {
            "=>-"
        }));
        let interrupt = Interrupt::listen();
        // The clock is only ever shown, never simulated with.
        #[allow(clippy::disallowed_methods)]
        let started = Instant::now();
        Progress { bar, quiet, interrupt, started }
    }

    /// Says something, unless asked not to.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            let print = || {
                let _ = writeln!(terminal::stderr(), "{text}");
            };
            self.bar.suspend(print);
        }
    }

    /// One replication is finished.
    pub(crate) fn tick(&self) {
        self.bar.inc(1);
    }

    /// Takes the bar away: what follows is a result.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Says how fast it was.
    pub(crate) fn done(&self, events: u64) {
        self.bar.finish_and_clear();
        let seconds = self.started.elapsed().as_secs_f64();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // for show
        let rate = HumanCount((events as f64 / seconds.max(1e-3)) as u64);
        self.note(&format!(
            "Done    {} events in {seconds:.1} s, {rate} events/s",
            HumanCount(events)
        ));
    }

    /// Set once the user wants to stop.
    pub(crate) fn stop(&self) -> Stop<'_> {
        self.interrupt.stop()
    }

    /// Whether the user wanted to stop.
    pub(crate) fn interrupted(&self) -> bool {
        self.stop().is_wanted()
    }

    /// How a command ends whose experiment failed: mostly by a wish to stop before there was anything
    /// to print.
    pub(crate) fn failure(&self, error: Error) -> Failure {
        self.bar.finish_and_clear();
        let Error::Stopped = error else { return error.into() };
        self.note("interrupted before the first replication was finished: nothing to show");
        self.interruption()
    }

    /// How a command ends whose user wanted to stop.
    pub(crate) fn interruption(&self) -> Failure {
        self.interrupt.failure()
    }
}
