//! The hold model: `n` entities, each with exactly one pending timer of random delay. What an
//! agenda can do at best.

use benches::{least_cpu, peak_rss_bytes, print};
use serde_json::json;
use sim::SimTime;
use sim::agenda::Agenda;
use sim::digest::Digest;
use sim::event::Event;
use sim::model::pod::PodId;
use sim::table::Id;

const EVENTS: u32 = 4_000_000;

fn main() {
    for entities in [1_000, 100_000] {
        let (cpu, last) = least_cpu(5, || hold(entities));
        assert!(last > SimTime::ZERO);
        print(&json!({
            "workload": "hold",
            "entities": entities,
            "events": EVENTS,
            "events_per_cpu_s": cpu.map(|cpu| (f64::from(EVENTS) / cpu).round()),
            "cpu_s": cpu,
            "peak_rss_bytes": peak_rss_bytes(),
        }));
    }
}

fn hold(entities: usize) -> SimTime {
    let mut delays = Digest::EMPTY;
    let mut delay = |word: u64| {
        delays.mix(word);
        delays.value() % 1_000_000
    };
    let mut agenda = Agenda::with_events(Vec::new());
    for index in 0..entities {
        let pod = PodId::from_index(index);
        agenda.schedule(SimTime::from_ms(delay(0)), Event::PodStops(pod));
    }
    let mut now = SimTime::ZERO;
    for step in 0..EVENTS {
        let (at, event) =
            agenda.pop_before(SimTime::from_ms(u64::MAX)).expect("one timer per entity");
        now = at;
        agenda.schedule(SimTime::from_ms(at.as_ms() + delay(u64::from(step))), event);
    }
    now
}
