//! The agenda: what will happen, soonest first.
//!
//! The order is `(time, rank, seq)`: at one instant by kind of event, and within a kind in the
//! order in which events were scheduled. Events known from the outset in time order are streamed
//! beside the heap instead of being sorted into it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::iter::Peekable;
use std::vec::IntoIter;

use crate::event::Event;
use crate::time::SimTime;

/// When an entry is due: the time, then rank and sequence number in one word.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Due {
    at: SimTime,
    rank_and_seq: u64,
}

/// A scheduled event. Only its due time is compared, and no two are equal.
#[derive(Clone, Copy, Debug)]
struct Entry {
    due: Due,
    event: Event,
}

/// Future events.
#[derive(Debug)]
pub struct Agenda {
    heap: BinaryHeap<Reverse<Entry>>,
    stream: Peekable<IntoIter<Entry>>,
    seq: u64,
}

const SEQ_BITS: u32 = 56;

impl Agenda {
    /// An agenda that already holds `events`, which are sorted here, stably, by time and rank.
    #[must_use]
    pub fn with_events(events: Vec<(SimTime, Event)>) -> Agenda {
        let mut seq = 0;
        let mut entries: Vec<Entry> =
            events.into_iter().map(|(at, event)| Entry::new(at, event, &mut seq)).collect();
        entries.sort();
        Agenda { heap: BinaryHeap::new(), stream: entries.into_iter().peekable(), seq }
    }

    /// Schedules an event.
    pub fn schedule(&mut self, at: SimTime, event: Event) {
        let entry = Entry::new(at, event, &mut self.seq);
        self.heap.push(Reverse(entry));
    }

    /// When the next event is due.
    pub fn due(&mut self) -> Option<SimTime> {
        let heap = self.heap.peek().map(|Reverse(entry)| entry.due.at);
        let stream = self.stream.peek().map(|entry| entry.due.at);
        heap.into_iter().chain(stream).min()
    }

    /// Takes out the next event, if it is due before `end`.
    pub fn pop_before(&mut self, end: SimTime) -> Option<(SimTime, Event)> {
        let heap_first = match (self.heap.peek(), self.stream.peek()) {
            (Some(Reverse(heap)), Some(stream)) => heap.due < stream.due,
            (heap, _) => heap.is_some(),
        };
        let due = if heap_first { self.heap.peek()?.0.due } else { self.stream.peek()?.due };
        if due.at >= end {
            return None;
        }
        let entry = if heap_first { self.heap.pop()?.0 } else { self.stream.next()? };
        Some((entry.due.at, entry.event))
    }
}

impl Entry {
    fn new(at: SimTime, event: Event, seq: &mut u64) -> Entry {
        assert!(*seq < 1 << SEQ_BITS, "fewer than 2^56 events");
        let rank_and_seq = (u64::from(event.rank()) << SEQ_BITS) | *seq;
        *seq += 1;
        Entry { due: Due { at, rank_and_seq }, event }
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        self.due == other.due
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Entry) -> std::cmp::Ordering {
        self.due.cmp(&other.due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::node::NodeId;
    use crate::model::pod::PodId;
    use crate::model::workload::WorkloadId;
    use crate::table::Id;

    #[test]
    fn time_then_rank_then_sequence() {
        let at = SimTime::from_ms;
        let (pod, node) = (PodId::from_index, NodeId::from_index);
        let arrival = Event::WorkloadArrives(WorkloadId::from_index(0));
        let mut agenda = Agenda::with_events(vec![(at(7), arrival), (at(5), arrival)]);
        agenda.schedule(at(5), Event::NodeTaken(node(0)));
        agenda.schedule(at(5), Event::PodStops(pod(1)));
        agenda.schedule(at(5), Event::PodStops(pod(0)));
        agenda.schedule(at(3), Event::SchedulerWakes);
        let order: Vec<_> = std::iter::from_fn(|| agenda.pop_before(at(7))).collect();
        let expected = [
            (at(3), Event::SchedulerWakes),
            (at(5), Event::PodStops(pod(1))),
            (at(5), Event::PodStops(pod(0))),
            (at(5), Event::NodeTaken(node(0))),
            (at(5), arrival),
        ];
        assert_eq!(order, expected, "and what is due at the end stays outside");
    }
}
