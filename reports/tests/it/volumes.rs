//! Volumes and start-up by hand: who is stranded and for how long, who lost data, and how long pods
//! took from their binding until they were ready.

use crate::common;
use crate::common::half;

use std::collections::BTreeSet;
use std::sync::Arc;

use common::{legend, s};
use reports::folds::roster::Alone;
use reports::folds::start_up::StartUp;
use reports::folds::volumes::Volumes;
use sim::fact::Cause;
use sim::model::Model;
use sim::model::node::NodeId;
use sim::model::pod::{End, Limit, PodId};
use sim::model::workload::WorkloadId;
use sim::model::zonal::Whose;
use sim::table::Id;
use sim::terms::Terms;
use sim::{Fact, Legend, Sink, Span};

const WORKLOAD: usize = 0;

/// A workload with a disk for each replica that also keeps data on its nodes; the window is from 100 s
/// to 200 s.
fn stateful() -> Legend {
    let legend = legend(Span::from_secs(100), Span::from_secs(200));
    let mut model = Model::clone(&legend.model);
    let zone = model.names.intern("zone");
    let workload = WorkloadId::from_index(WORKLOAD);
    model.add_zonal_volumes(workload, Whose::EachReplica, [zone]);
    let local_data = BTreeSet::from([workload]);
    let terms = Arc::new(Terms { local_data, ..Terms::default() });
    Legend { model: Arc::new(model), terms, ..legend }
}

fn workload() -> WorkloadId {
    WorkloadId::from_index(WORKLOAD)
}

fn created(pod: usize, replica: u32) -> Fact {
    Fact::PodCreated { pod: PodId::from_index(pod), workload: workload(), replica, attempt: 0 }
}

fn refused(pod: usize) -> Fact {
    let (pod, refusal) = (PodId::from_index(pod), Id::from_index(0));
    Fact::PodUnschedulable { pod, workload: workload(), refusal }
}

fn scheduled(pod: usize) -> Fact {
    Fact::PodScheduled {
        pod: PodId::from_index(pod),
        workload: workload(),
        spec: Id::from_index(0),
        requests: half(),
        node: NodeId::from_index(0),
        waited: Span::ZERO,
    }
}

fn terminating(pod: usize, why: Cause) -> Fact {
    Fact::PodTerminating {
        pod: PodId::from_index(pod),
        workload: workload(),
        was_ready: true,
        was_available: true,
        why,
        reason: None,
    }
}

fn ended(pod: usize, end: End) -> Fact {
    Fact::PodEnded {
        pod: PodId::from_index(pod),
        workload: workload(),
        spec: Id::from_index(0),
        requests: half(),
        node: NodeId::from_index(0),
        end,
        reason: None,
        was_ready: false,
        was_available: false,
        ran: Span::ZERO,
    }
}

#[test]
fn a_pod_is_stranded_from_its_first_refusal_once_its_disk_has_been_made() {
    let mut fold = Alone::new(&stateful(), Volumes::new(&stateful()));
    // Without a disk it could go anywhere: it waits for room and not for its zone.
    fold.fact(s(0), &created(0, 0));
    fold.fact(s(110), &refused(0));
    fold.fact(s(120), &scheduled(0));
    assert_eq!(fold.fold.stranded_ms, 0);
    // Its successor has that disk. Between 130 s and 150 s it is refused twice, and waits once.
    fold.fact(s(125), &created(1, 0));
    fold.fact(s(130), &refused(1));
    fold.fact(s(140), &refused(1));
    fold.fact(s(150), &scheduled(1));
    assert_eq!(fold.fold.stranded_ms, 20_000);
    // Another replica has another disk, which has not been made.
    fold.fact(s(150), &created(2, 1));
    fold.fact(s(150), &refused(2));
    // One waits at the end, 30 s after its refusal.
    fold.fact(s(170), &created(3, 0));
    fold.fact(s(170), &refused(3));
    for pod in [2, 3] {
        let (pod, waited) = (PodId::from_index(pod), Span::from_secs(30));
        let still = Fact::StillPending { pod, workload: workload(), waited, refusal: None };
        fold.fact(s(200), &still);
    }
    assert_eq!(fold.fold.stranded_ms, 20_000 + 30_000);
}

#[test]
fn what_lies_before_the_window_is_cut_off() {
    let mut fold = Alone::new(&stateful(), Volumes::new(&stateful()));
    fold.fact(s(0), &created(0, 0));
    fold.fact(s(0), &scheduled(0));
    fold.fact(s(60), &created(1, 0));
    fold.fact(s(60), &refused(1));
    fold.fact(s(115), &scheduled(1));
    assert_eq!(fold.fold.stranded_ms, 15_000);
}

#[test]
fn data_is_lost_once_for_each_pod_whose_node_goes() {
    let mut fold = Alone::new(&stateful(), Volumes::new(&stateful()));
    // Before the window.
    fold.fact(s(50), &ended(0, End::KilledWithoutWarning));
    // Terminated, in time or not; killed; given back: each is one loss.
    fold.fact(s(110), &terminating(1, Cause::Reclaimed));
    fold.fact(s(120), &ended(1, End::Clean));
    fold.fact(s(130), &terminating(2, Cause::Reclaimed));
    fold.fact(s(140), &ended(2, End::CutShort(Limit::Deadline)));
    fold.fact(s(150), &ended(3, End::KilledWithoutWarning));
    fold.fact(s(160), &terminating(4, Cause::Released));
    fold.fact(s(165), &ended(4, End::CutShort(Limit::Grace)));
    // Its node stays; and it would have come back to it.
    fold.fact(s(170), &terminating(5, Cause::Preempted));
    fold.fact(s(175), &ended(5, End::Clean));
    assert_eq!(fold.fold.data_lost.get(&workload()), Some(&4));
}

#[test]
fn no_other_pod_loses_data() {
    let legend = legend(Span::ZERO, Span::from_secs(200));
    let mut fold = Alone::new(&legend, Volumes::new(&legend));
    fold.fact(s(150), &ended(0, End::KilledWithoutWarning));
    assert!(fold.fold.data_lost.is_empty());
}

#[test]
fn pods_start_between_their_binding_and_their_readiness() {
    let mut fold = Alone::new(&stateful(), StartUp::new(&stateful()));
    let (node, image) = (NodeId::from_index(0), Id::from_index(0));
    let ready = |pod| Fact::PodReady { pod: PodId::from_index(pod), workload: workload(), node };
    let attached = |pod, waited| Fact::VolumesAttached {
        pod: PodId::from_index(pod),
        workload: workload(),
        node,
        waited: Span::from_secs(waited),
    };
    let pulled = Fact::ImagePulled { node, image, took: Span::from_secs(4) };
    // Bound before the window: its start does not count, of its wait the part that lies within.
    fold.fact(s(90), &scheduled(0));
    fold.fact(s(105), &attached(0, 15));
    fold.fact(s(99), &pulled);
    fold.fact(s(110), &ready(0));
    // 10 s for its disk, 4 s for its image, 5 s of its own.
    fold.fact(s(120), &scheduled(1));
    fold.fact(s(130), &attached(1, 10));
    fold.fact(s(134), &pulled);
    fold.fact(s(139), &ready(1));
    // Terminating while it waits for its disk: it would have taken longer than 7 s.
    fold.fact(s(150), &scheduled(2));
    fold.fact(s(157), &terminating(2, Cause::Reclaimed));
    fold.fact(s(160), &ended(2, End::Clean));
    // Its disk never comes.
    fold.fact(s(170), &scheduled(3));
    // Killed before it is ready, and once it was.
    fold.fact(s(180), &scheduled(4));
    fold.fact(s(183), &ended(4, End::KilledWithoutWarning));
    fold.fact(s(190), &ended(1, End::KilledWithoutWarning));
    let (started, takes) = fold.fold.finish(&fold.roster);
    assert_eq!(started.disk_wait_ms, 5_000 + 10_000 + 7_000 + 30_000 + 3_000);
    assert_eq!(started.images_pulled, 1);
    let quarters = [25, 50, 75, 100];
    let takes = quarters.map(|percent| takes.quantile(percent).expect("four of them"));
    assert_eq!(takes.map(|wait| wait.span.as_ms() / 1_000), [3, 7, 19, 30]);
    assert_eq!(takes.map(|wait| wait.at_least), [true, true, false, true]);
}
