//! How long it takes until a pod's containers start: disks to attach, images to pull.

use sim::Span;
use sim::start_up::StartUp;

use super::Lowering;
use super::nodes::images;
use super::pods::with_tag;
use crate::assumption;
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::file;
use crate::file::start_up::ImagePulls;
use crate::kube::{Container, PodSpec};
use crate::quantity::Quantity;
use crate::tree::Step;
use crate::workloads::Written;

/// Without a source; disks of all clouds take seconds to minutes.
const ATTACH: Span = Span::from_secs(10);
const DETACH: Span = Span::from_secs(10);
// kube-controller-manager: attachdetach maxWaitForUnmountDuration
const FORCE_DETACH: Span = Span::from_secs(360);

impl Lowering<'_> {
    /// Makes images known before there are pods that name them: those whose size the scenario says,
    /// those that nodes of the cluster have, and all others if they are to be pulled.
    pub(super) fn images(&mut self, workloads: &[Written], cluster: Option<&Cluster<'_>>) {
        let pulls = self.file.image_pulls.as_ref();
        if let Some(pulls) = pulls {
            self.listed_images(pulls, workloads, cluster);
        }
        for (node, _) in cluster.into_iter().flat_map(|cluster| &cluster.nodes) {
            images(&mut self.model, node);
        }
        if let Some(pulls) = pulls {
            let size = bytes(&pulls.size);
            let planned = rolled_out(self.file);
            for image in images_of(workloads, cluster).chain(planned) {
                let name = self.model.names.intern(&with_tag(image));
                self.model.images.intern(name, size);
            }
            self.refuse_nameless(workloads);
        }
    }

    /// What is said of single images, and whether a pod uses them.
    fn listed_images(
        &mut self,
        pulls: &ImagePulls,
        workloads: &[Written],
        cluster: Option<&Cluster<'_>>,
    ) {
        for (image, size) in &pulls.images {
            let name = with_tag(image);
            let mut used = images_of(workloads, cluster).chain(rolled_out(self.file));
            if !used.any(|used| with_tag(used) == name) {
                let path: [Step; 3] =
                    ["imagePulls", "images", image].map(|key| Step::Key(key.into()));
                let span = self.tree.at(&path).span.clone();
                let message = format!("no pod uses the image `{image}`");
                self.found.push(Diagnostic::new("W0009", message).at(self.source, span));
            }
            self.model.images.intern(self.model.names.intern(&name), bytes(size));
        }
    }

    /// A container of no image would start without one, unlike all others.
    fn refuse_nameless(&mut self, workloads: &[Written]) {
        for written in workloads {
            let nameless = containers(&written.spec.template.spec).find(|it| it.image.is_empty());
            if let Some(container) = nameless {
                let Written { kind, namespace, name, .. } = written;
                let container = &container.name;
                let message = format!(
                    "{kind:?}/{namespace}/{name}: container `{container}` has no `image` to pull"
                );
                let place = written.span.clone();
                self.found.push(Diagnostic::new("E0306", message).at(&written.source, place));
            }
        }
    }

    /// What the scenario says of the start of pods; what is assumed is listed.
    pub(super) fn start_up(&mut self) -> StartUp {
        let said = &self.file.volumes;
        // All were checked against the schema.
        let or = |said: &Option<String>, default: Span| {
            said.as_ref().and_then(|text| Span::parse(text).ok()).unwrap_or(default)
        };
        let mut start_up = StartUp {
            attach: or(&said.attach, ATTACH),
            detach: or(&said.detach, DETACH),
            force_detach: or(&said.force_detach, FORCE_DETACH),
            pull_rate: None,
        };
        if self.model.workloads.rows().any(|workload| workload.volumes.is_some()) {
            let spans = [start_up.attach, start_up.detach, start_up.force_detach];
            let spans = spans.map(|span| span.to_string());
            let spans = spans.each_ref().map(String::as_str);
            self.assumptions.push(assumption::VOLUME_ATTACHMENT.about(&spans));
        }
        if let Some(pulls) = &self.file.image_pulls {
            start_up.pull_rate = Some(bytes(&pulls.rate));
            let [rate, size] = [&pulls.rate, &pulls.size].map(file::Quantity::text);
            self.assumptions.push(assumption::IMAGE_PULLS.about(&[&rate, &size]));
            self.have_what_they_run();
        }
        start_up
    }

    /// Says so if nodes could never start a pod.
    pub(super) fn check_pull_rate(&mut self) {
        let rate = self.file.image_pulls.as_ref().map(|pulls| bytes(&pulls.rate));
        if rate == Some(0) {
            let message = "nodes that pull nothing in a second start no pod".to_owned();
            self.error("E0103", &["imagePulls".into(), "rate".into()], message, None);
        }
    }

    /// A node on which a pod runs has its images, even if it does not report all that it has.
    // kubelet: nodeStatusMaxImages, 50 by default
    fn have_what_they_run(&mut self) {
        let start = &mut self.model.start;
        for pod in &start.pods {
            let Some(node) = pod.node else { continue };
            let of_node = &mut start.nodes[node].images;
            of_node.extend(&self.model.specs[pod.spec].images.known);
        }
        for node in &mut start.nodes {
            node.images.sort_unstable();
            node.images.dedup();
        }
    }
}

/// The images that pods name: what is to run, and what was found.
fn images_of<'a>(
    workloads: &'a [Written],
    cluster: Option<&'a Cluster<'_>>,
) -> impl Iterator<Item = &'a str> {
    let templates = workloads.iter().map(|written| &written.spec.template.spec);
    let found = cluster.into_iter().flat_map(|cluster| &cluster.pods).map(|it| &it.pod.spec);
    templates.chain(found).flat_map(|spec| {
        let mounted = spec.volumes.iter().filter_map(|it| it.image.as_ref());
        let own = containers(spec).map(|container| container.image.as_str());
        own.chain(mounted.map(|it| it.reference.as_str()))
    })
}

/// The images that rollouts bring.
fn rolled_out(file: &file::File) -> impl Iterator<Item = &str> {
    let changes = file.rollouts.iter().flat_map(|rollout| rollout.containers.values());
    changes.filter_map(|change| change.image.as_deref())
}

fn containers(spec: &PodSpec) -> impl Iterator<Item = &Container> {
    spec.init_containers.iter().chain(&spec.containers)
}

/// A quantity that was checked against the schema, in bytes.
fn bytes(quantity: &file::Quantity) -> u64 {
    Quantity::parse(&quantity.text()).map_or(0, Quantity::value)
}
