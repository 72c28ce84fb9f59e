//! Volumes, images and features: remembered, fresh and plain answers are the same for them, too.

use crate::{common, decisions};

use std::sync::Arc;

use decisions::{asked, compare};
use proptest::prelude::*;
use sim::fact::Fact;
use sim::model::Model;
use sim::model::images::{ImageId, PodImages};
use sim::model::labels::LabelSet;
use sim::model::storage::{
    Access, Attachable, Claim, ClaimId, ClaimState, ClaimUse, Disk, Medium, Named, Owner,
    StorageClass, Volume,
};
use sim::model::workload::WorkloadId;
use sim::scheduler::plain::Walk;
use sim::scheduler::profile::Profile;
use sim::scheduler::rankings::Rankings;
use sim::table::{Id, Table};
use sim::world::World;
use sim::{Root, Span};
use testing::cluster::{ClusterPlan, clusters};
use testing::steps::steps;

/// What a node has besides what every plan says.
#[derive(Clone, Debug)]
pub(crate) struct NodeExtra {
    images: [bool; 2],
    feature: bool,
    limit: Option<u32>,
    attached: Option<u8>,
}

/// What a kind of pod asks for besides.
#[derive(Clone, Debug)]
pub(crate) struct PodExtra {
    images: Vec<u8>,
    feature: bool,
    claim: Option<u8>,
    disk: Option<(u8, bool)>,
}

pub(crate) fn node_extra() -> impl Strategy<Value = NodeExtra> {
    let limit = prop::option::of(0_u32..3);
    (any::<[bool; 2]>(), any::<bool>(), limit, prop::option::of(0_u8..3)).prop_map(
        |(images, feature, limit, attached)| NodeExtra { images, feature, limit, attached },
    )
}

pub(crate) fn pod_extra() -> impl Strategy<Value = PodExtra> {
    let images = prop::collection::vec(0_u8..2, 0..3);
    let feature = prop::bool::weighted(0.2);
    let disk = prop::option::of((0_u8..2, any::<bool>()));
    (images, feature, prop::option::of(0_u8..3), disk)
        .prop_map(|(images, feature, claim, disk)| PodExtra { images, feature, claim, disk })
}

/// Three claims that have their volumes; the first two are for one pod each.
fn add_claims(model: &mut Model) -> Vec<ClaimId> {
    let driver = model.names.intern("driver");
    let claim = |number: u8, model: &mut Model| {
        let name = model.names.intern(&format!("claim-{number}"));
        let attachable = model.storage.intern_attachable(Attachable { driver, handle: name });
        let access = Access { modes: if number < 2 { 1 << 3 } else { 1 }, block: false };
        let volume = model.storage.volumes.push(Volume {
            class: None,
            size: 1,
            access,
            labels: Default::default(),
            reachable_from: None,
            zones: Vec::new(),
            owner: Owner::Claim(ClaimId::from_index(usize::from(number))),
            available: false,
        });
        model.storage.add_claim(Claim {
            name,
            owner: None,
            class: None,
            size: 1,
            access,
            selector: None,
            volume: Named::Volume(volume),
            state: ClaimState::Bound,
            attachable: Some(attachable),
        })
    };
    (0..3).map(|number| claim(number, model)).collect()
}

/// A plan's model with what is besides.
pub(crate) fn with_extras(plan: &ClusterPlan, nodes: &[NodeExtra], pods: &[PodExtra]) -> Model {
    let mut model = plan.model();
    let names = ["small", "large"].map(|name| model.names.intern(name));
    let images: Vec<ImageId> =
        names.iter().zip([60 << 20, 900 << 20]).map(|(n, s)| model.images.intern(*n, s)).collect();
    let claims = add_claims(&mut model);
    let (driver, feature) = (model.names.intern("driver"), model.names.intern("feature"));
    for (node, extra) in model.start.nodes.iter_mut().zip(nodes) {
        let has = images.iter().zip(extra.images).filter(|(_, has)| *has);
        node.images = has.map(|(image, _)| *image).collect();
        node.shape.features = if extra.feature { vec![feature] } else { Vec::new() };
        node.shape.volume_limits = extra.limit.map(|limit| (driver, limit)).into_iter().collect();
        let attached = extra.attached.map(|number| claims[usize::from(number)]);
        node.attached =
            attached.and_then(|id| model.storage.claims[id].attachable).into_iter().collect();
    }
    let workloads: Vec<WorkloadId> = model.workloads.ids().collect();
    for (workload, extra) in workloads.into_iter().zip(pods) {
        let mut spec = model.specs[model.workloads[workload].spec].clone();
        let known = extra.images.iter().map(|image| images[usize::from(*image)]);
        spec.images = PodImages { known: known.collect(), containers: 2 };
        if extra.feature {
            spec.features.push(feature);
        }
        if let Some(number) = extra.claim {
            let claim = claims[usize::from(number)];
            spec.volumes.claims.push(ClaimUse { claim, ephemeral: false, alone: number < 2 });
        }
        if let Some((number, read_only)) = extra.disk {
            let name = model.names.intern(&format!("disk-{number}"));
            let medium = Medium::GcePersistentDisk(name);
            spec.volumes.disks.push(model.storage.intern_disk(Disk { medium, read_only }));
        }
        model.workloads[workload].spec = model.specs.intern(spec);
    }
    model
}

/// Every pod has a claim besides: one that all share gets a volume that is there, another one that is
/// made where the first pod goes, if its class makes any.
pub(crate) fn add_waiting_claims(model: &mut Model, provisions: bool) {
    let class = model.storage.classes.push(StorageClass {
        provisions,
        topologies: Vec::new(),
        tracks_capacity: false,
    });
    let access = Access { modes: 1, block: false };
    model.storage.volumes.push(Volume {
        class: Some(class),
        size: 2,
        access,
        labels: LabelSet::default(),
        reachable_from: None,
        zones: Vec::new(),
        owner: Owner::Unclaimed,
        available: true,
    });
    let claims = ["there", "made"].map(|name| {
        let name = model.names.intern(name);
        model.storage.add_claim(Claim {
            name,
            owner: None,
            class: Some(class),
            size: 1,
            access,
            selector: None,
            volume: Named::None,
            state: ClaimState::Waiting { chosen: None },
            attachable: None,
        })
    });
    for (index, id) in model.workloads.ids().collect::<Vec<_>>().into_iter().enumerate() {
        let mut spec = model.specs[model.workloads[id].spec].clone();
        let claim = claims[index % claims.len()];
        spec.volumes.claims.push(ClaimUse { claim, ephemeral: false, alone: false });
        model.workloads[id].spec = model.specs.intern(spec);
    }
}

proptest! {
    #![proptest_config(testing::cases(256))]

    #[test]
    fn remembered_is_fresh_is_plain(
        plan in clusters(),
        steps in steps(40),
        nodes in prop::collection::vec(node_extra(), 12),
        pods in prop::collection::vec(pod_extra(), 6),
    ) {
        let profile = Profile::default();
        let mut world = World::new(Arc::new(with_extras(&plan, &nodes, &pods)));
        for index in 0..plan.present {
            let (node, _) = world.adopt_node(index);
            let _ = world.register(node);
        }
        let mut kept = Rankings::default();
        for step in &steps {
            step.apply(&mut world);
            prop_assert_eq!(world.check(), Ok(()));
            for pod in asked(&world) {
                compare(&profile, pod, &world, Walk::WHOLE, &mut kept)?;
            }
        }
    }
}

/// Where no volume is there, pods with claims go to nodes if the class of the claims makes one.
#[test]
fn pods_wait_for_volumes_that_no_class_makes() {
    for provisions in [true, false] {
        let mut setup = common::setup(&common::simple(0.0, 3, Span::from_hours(1)));
        let mut model = Model::clone(&setup.model);
        add_waiting_claims(&mut model, provisions);
        model.storage.volumes = Table::default();
        setup.change(|draft| draft.model = Arc::new(model)).expect("a sound plan");
        let (facts, _) = common::facts(&setup, Root { seed: 7, replication: 0 });
        let bound =
            facts.iter().filter(|(_, fact)| matches!(fact, Fact::PodScheduled { .. })).count();
        assert_eq!(bound > 0, provisions, "{bound}");
    }
}
