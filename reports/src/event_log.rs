//! The event log of one run, for people: sentences with their instants, the ordinary left out first.

use sim::Fact;
use sim::fact::Cause;
use sim::model::pod::End;
use sim::plain::plain;

use crate::names::Namer;
use crate::recording::Recording;
use crate::words;

/// At most this many events of a run are listed.
const MOST: usize = 300;

/// What happened in one run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventLog {
    /// Which run it is.
    pub title: String,
    /// Its instants and what happened then, in order.
    pub rows: Vec<(String, String)>,
    /// How many events there are in all.
    pub all: usize,
    /// Which of them are listed.
    pub shown: &'static str,
}

/// How far from the ordinary an event is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Detail,
    Ordinary,
    Remarkable,
}

/// The log of a recorded run. Of a long one, pods that come, run and end as they should are left out,
/// and of what is left the first events are listed.
#[must_use]
pub fn of(recording: Recording<'_>, title: String) -> EventLog {
    let facts = recording.facts;
    let at_least = |weight: Weight| facts.iter().filter(move |(_, it)| self::weight(it) >= weight);
    let all = at_least(Weight::Ordinary).count();
    let remarkable = at_least(Weight::Remarkable).count();
    let (least, shown) = match (all, remarkable) {
        (all, _) if all <= MOST => (Weight::Ordinary, "all"),
        (_, few) if few <= MOST => {
            (Weight::Remarkable, "all but pods and nodes that come, run and end as they should")
        }
        _ => {
            let shown = "the first of all but pods and nodes that come and go as they should";
            (Weight::Remarkable, shown)
        }
    };
    let mut namer = Namer::new(recording.legend);
    let mut rows = Vec::new();
    for (at, fact) in facts {
        namer.learn(fact);
        if weight(fact) >= least && rows.len() < MOST {
            let what = words::of(fact, &namer, recording.refusals);
            rows.push((at.to_string(), plain(&what).into_owned()));
        }
    }
    EventLog { title, rows, all, shown }
}

fn weight(fact: &Fact) -> Weight {
    match fact {
        it if words::is_detail(it) => Weight::Detail,
        Fact::WorkloadCreated { .. }
        | Fact::PodCreated { .. }
        | Fact::PodScheduled { .. }
        | Fact::PodReady { .. }
        | Fact::PriceChanged { .. }
        | Fact::NodeLaunched { .. }
        | Fact::NodeReady { .. }
        | Fact::NodeGone { why: Cause::Released, .. }
        | Fact::PodEnded { end: End::Completed, .. } => Weight::Ordinary,
        _ => Weight::Remarkable,
    }
}
