//! Sizes: the same pod with other requests, as a generator draws them or a trace records them.

use std::sync::Arc;

use super::containers::ContainerKind;
use super::pod::PodSpec;
use super::resources::Lane;

impl PodSpec {
    /// The pod requests so much CPU and memory as a whole, where that is said: in millicores and bytes.
    /// Its first container takes what the others leave.
    pub fn resize(&mut self, cpu: Option<u64>, memory: Option<u64>) {
        for (lane, amount) in [(Lane::CPU, cpu), (Lane::MEMORY, memory)] {
            if let Some(amount) = amount {
                self.request(lane, amount);
            }
        }
        let list = &self.containers.list;
        let Some(first) = list.iter().position(|it| it.kind == ContainerKind::Regular) else {
            return;
        };
        let beside = list
            .iter()
            .enumerate()
            .filter(|(index, it)| *index != first && it.kind != ContainerKind::Init);
        let [of_cpu, of_memory] = beside.fold([0_u64; 2], |[cpu, memory], (_, container)| {
            let requests = container.resources.requests;
            [cpu + requests.cpu.unwrap_or(0), memory + requests.memory.unwrap_or(0)]
        });
        let own = &mut Arc::make_mut(&mut self.containers).list[first].resources;
        let rest = |amount: Option<u64>, others| amount.map(|amount| amount.saturating_sub(others));
        own.requests.cpu = rest(cpu, of_cpu).or(own.requests.cpu);
        own.requests.memory = rest(memory, of_memory).or(own.requests.memory);
        // A limit is never below what is requested.
        own.limits.cpu = own.limits.cpu.max(own.limits.cpu.and(own.requests.cpu));
        own.limits.memory = own.limits.memory.max(own.limits.memory.and(own.requests.memory));
    }

    /// The pod requests so much of one resource.
    pub fn request(&mut self, lane: Lane, amount: u64) {
        self.requests[lane] = amount;
        self.nonzero_requests[lane] = amount;
        self.scored_requests[lane] = amount;
    }
}
