//! The chain of events before a broken rule.
//!
//! Nothing of it is kept while a rule is watched. The same seed gives the same facts, so the run in
//! which the rule was broken is made once more, and this time a listener keeps what concerns
//! the pod, its node and its workload.

use std::collections::VecDeque;

use sim::fact::refusal::Refusals;
use sim::fact::{Fact, Sink, Subjects};
use sim::model::workload::WorkloadId;
use sim::terms::rules::Rule;
use sim::{Legend, SimTime};

use super::Break;
use super::describe::Event;
use crate::names::Namer;
use crate::words;

/// How many facts about the pod itself are shown.
const OF_THE_POD: usize = 6;
/// How many about its node, and how many about the other pods of its workload.
const AROUND: usize = 3;

/// Listens to a run for what led to a break.
pub struct Chain<'a> {
    rule: &'a Rule,
    found: Break,
    legend: &'a Legend,
    namer: Namer<'a>,
    number: usize,
    of_the_pod: VecDeque<Heard>,
    of_the_node: VecDeque<Heard>,
    of_the_workload: VecDeque<Heard>,
}

/// A fact, its number in the run and its time.
type Heard = (usize, SimTime, Fact);

impl<'a> Chain<'a> {
    /// Nothing has been heard yet.
    #[must_use]
    pub fn new(rule: &'a Rule, found: Break, legend: &'a Legend) -> Chain<'a> {
        Chain {
            rule,
            found,
            legend,
            namer: Namer::new(legend),
            number: 0,
            of_the_pod: VecDeque::new(),
            of_the_node: VecDeque::new(),
            of_the_workload: VecDeque::new(),
        }
    }

    /// What was heard, in order and in words.
    #[must_use]
    pub fn events(&self, refusals: &Refusals) -> Vec<Event> {
        let mut all: Vec<&Heard> = self.of_the_pod.iter().collect();
        all.extend(&self.of_the_node);
        all.extend(&self.of_the_workload);
        all.sort_by_key(|(number, ..)| *number);
        // What came after the pod had come or gone did not lead to it.
        let last = self.of_the_pod.back().map_or(usize::MAX, |(number, ..)| *number);
        all.retain(|(number, ..)| *number <= last);
        let events = all.into_iter().map(|(_, at, fact)| Event {
            ms: at.as_ms(),
            at: at.to_string(),
            what: words::of(fact, &self.namer, refusals),
        });
        events.collect()
    }

    /// The names of those involved.
    #[must_use]
    pub fn namer(&self) -> &Namer<'a> {
        &self.namer
    }

    /// Whether a workload is concerned: the culprit's, or without one any that the rule is about.
    fn concerns(&self, workload: WorkloadId) -> bool {
        match self.found.by {
            Some(by) => by.workload == workload,
            None => {
                let model = &self.legend.model;
                self.rule.means(model.workloads[workload].spec, model)
            }
        }
    }
}

impl Sink for Chain<'_> {
    fn fact(&mut self, at: SimTime, fact: &Fact) {
        self.namer.learn(fact);
        self.number += 1;
        if at > self.found.at {
            return;
        }
        // That a pod is ready says nothing of where it is.
        if words::is_detail(fact) || matches!(fact, Fact::PodReady { .. }) {
            return;
        }
        let Subjects { pod, node, workload } = fact.subjects();
        let heard = (self.number, at, *fact);
        if let Some(by) = self.found.by {
            if pod == Some(by.pod) {
                return keep(&mut self.of_the_pod, heard, OF_THE_POD);
            }
            if pod.is_none() && node == Some(by.node) {
                return keep(&mut self.of_the_node, heard, AROUND);
            }
        }
        if pod.and(workload).is_some_and(|workload| self.concerns(workload)) {
            keep(&mut self.of_the_workload, heard, AROUND);
        }
    }
}

fn keep(list: &mut VecDeque<Heard>, heard: Heard, most: usize) {
    if list.len() == most {
        list.pop_front();
    }
    list.push_back(heard);
}
