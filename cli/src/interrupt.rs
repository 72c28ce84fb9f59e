//! Ctrl-C and its like: the first asks for an end with what is known, the second ends at once.
//!
//! Before a command listens, while files are read, each ends the program as it would any other:
//! nothing is lost then, and nothing is left behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::{consts, flag};
use sim::Stop;

use crate::failure::Failure;

/// What is listened to: Ctrl-C, and what job runners and closing terminals send.
const SIGNALS: &[i32] = &[
    consts::SIGINT,
    consts::SIGTERM,
    #[cfg(unix)]
    consts::SIGHUP,
];

/// Shells give what a signal ended this exit code, and the signal's number more.
const BY_SIGNAL: i32 = 128;

/// Whether an end is wanted, and by which signal.
pub(crate) struct Interrupt {
    wish: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

impl Interrupt {
    /// Listens from now on.
    pub(crate) fn listen() -> Interrupt {
        let (wish, signal) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        for number in SIGNALS {
            // What cannot be listened to ends the program, as it would have anyway. They are asked
            // in this order, so that the first time sets the wish and the second finds it set.
            let listens =
                flag::register_conditional_shutdown(*number, BY_SIGNAL + number, Arc::clone(&wish))
                    .and_then(|_| {
                        let value = usize::try_from(*number).unwrap_or_default();
                        flag::register_usize(*number, Arc::clone(&signal), value)
                    });
            let _ = listens.and_then(|_| flag::register(*number, Arc::clone(&wish)));
        }
        Interrupt { wish, signal }
    }

    /// For simulations, which look at it again and again.
    pub(crate) fn stop(&self) -> Stop<'_> {
        Stop::once(&self.wish)
    }

    /// How a command ends that was interrupted.
    pub(crate) fn failure(&self) -> Failure {
        let signal = i32::try_from(self.signal.load(Ordering::Relaxed)).unwrap_or(consts::SIGINT);
        Failure::Interrupted(u8::try_from(BY_SIGNAL + signal).unwrap_or(u8::MAX))
    }
}
