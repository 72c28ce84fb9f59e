//! Assumptions about pods: how they start and stop, and the volumes and images they wait for.

use super::Kind;

pub(crate) const POD_STARTUP: Kind = Kind {
    id: "pod-startup",
    text: "a pod is ready 5 s after it is bound (Kubernetes' start SLO, without image pull)",
    source: "kubernetes/community, sig-scalability, pod_startup_latency.md: 99 % of pods within \
             5 s (read 2026-11-24); the annotation `spotsim/startup` says otherwise, and \
             `imagePulls` adds the time to pull images",
};

pub(crate) const PROBES: Kind = Kind {
    id: "pod-probes",
    text: "a process answers its probes as soon as it has started (`spotsim/startup`, by default 5 s); \
           its pod is ready at the first readinessProbe that finds out, after the startupProbe if it \
           has one; probes begin initialDelaySeconds after the containers",
    source: "kubelet, pkg/kubelet/prober/worker.go (read 2026-11-28), whose own rhythm is set when it \
             takes the pod up: the real moment is up to periodSeconds later. Timeouts and liveness \
             are not modelled",
};

pub(crate) const POD_SHUTDOWN: Kind = Kind {
    id: "pod-shutdown",
    text: "a pod takes its whole grace period to stop, unless it says otherwise",
    source: "the cautious reading of terminationGracePeriodSeconds, 2026-11; the annotation \
             `spotsim/shutdown` says otherwise",
};

pub(crate) const KUBELET_SHUTDOWN: Kind = Kind {
    id: "kubelet-shutdown",
    text: "a kubelet begins to shut its node down {} before the end; it has {} for that, the last {} \
           of them for critical pods",
    source: "the scenario's `interruption`, and where it says nothing the provider's default: \
             `spotsim explain aws-shutdown`, `gcp-shutdown`, `azure-shutdown`, `generic-shutdown`",
};

pub(crate) const IMAGE_PULLS: Kind = Kind {
    id: "image-pulls",
    text: "a node pulls one image at a time, {} in a second, and each image once; an image is {} large \
           unless the scenario or a node says otherwise, shares no layer with another, and is on no \
           node that a pool launches",
    source: "kubelet: serializeImagePulls is true by default \
             (kubernetes.io, kubelet configuration v1beta1, read 2026-11-26); rate and sizes are the \
             scenario's own: `imagePulls`",
};

pub(crate) const ZONAL_VOLUMES: Kind = Kind {
    id: "zonal-volumes",
    text: "volumes of {}: made in the zone where a pod is first placed, and reached from there alone",
    source: "the default classes of EKS (gp2, gp3) and GKE (standard-rwo): volumeBindingMode \
             WaitForFirstConsumer, disks of one zone. Claims that several nodes may use at a time \
             (ReadWriteMany, ReadOnlyMany) are held to be on file systems in the network. Disks \
             over several zones, Azure's ZRS and Google's regional ones, bind no pod: leave their \
             claims out",
};

pub(crate) const LOCAL_VOLUMES: Kind = Kind {
    id: "local-volumes",
    text: "claims of {} on local volumes are deleted and made anew when their node is gone, as an \
           operator would; by itself Kubernetes leaves the pod Pending",
    source: "a claim stays bound to the volume of a node that is gone, and the pod is scheduled there \
             for good (README of sig-storage-local-static-provisioner, read 2026-11-26; its \
             node-cleanup controller deletes such claims)",
};

pub(crate) const VOLUME_ATTACHMENT: Kind = Kind {
    id: "volume-attachment",
    text: "a disk takes {} to be attached and {} to be detached; of a node that is lost with the pod \
           still on it, it is detached by force, {} after the pod is deleted",
    source: "kube-controller-manager, attachdetach: maxWaitForUnmountDuration is 6 min, also when the \
             Node object is deleted (kubernetes/kubernetes pull request 136029, open in June 2026; \
             AWS EBS CSI driver, FAQ, read 2026-11-26). 10 s to attach and to detach are an \
             assumption of 2026-11 without a source; `volumes` says otherwise",
};
