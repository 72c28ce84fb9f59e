//! Namespaces, and Services, which make pods belong together.

use std::collections::BTreeMap;

use super::{IntOrString, ObjectMeta};

object! {
    /// A namespace.
    pub struct Namespace {
        /// Its name and labels.
        pub metadata: ObjectMeta,
    }

    /// An address for pods.
    pub struct Service {
        /// Its name.
        pub metadata: ObjectMeta,
        /// What it serves.
        pub spec: ServiceSpec,
    }

    /// What a Service serves.
    pub struct ServiceSpec {
        /// Which pods; none is no pod.
        pub selector: BTreeMap<String, String>,
        /// `ClusterIP` (default), `NodePort`, `LoadBalancer` or `ExternalName`.
        #[serde(rename = "type")]
        pub kind: Option<String>,
        /// Its ports.
        pub ports: Vec<ServicePort>,
    }

    /// A port of a Service.
    pub struct ServicePort {
        /// What it is called.
        pub name: String,
        /// TCP, UDP or SCTP.
        pub protocol: Option<String>,
        /// The Service's port.
        pub port: u16,
        /// The pods' port.
        pub target_port: Option<IntOrString>,
    }
}
