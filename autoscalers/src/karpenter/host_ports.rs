//! Ports of a node, and which of them are taken.

use super::input::HostPort;

/// Ports that are taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct HostPorts(Vec<HostPort>);

impl HostPorts {
    /// Whether any of the ports is taken.
    // Karpenter: pkg/scheduling/hostportusage.go Conflicts
    pub(crate) fn conflict(&self, ports: &[HostPort]) -> bool {
        ports.iter().any(|port| self.0.iter().any(|taken| conflict(port, taken)))
    }

    /// Takes ports.
    pub(crate) fn take(&mut self, ports: &[HostPort]) {
        self.0.extend_from_slice(ports);
    }
}

/// A port of every address is in the way of the same port of any.
fn conflict(one: &HostPort, two: &HostPort) -> bool {
    one.port == two.port
        && one.protocol == two.protocol
        && (one.ip == two.ip || one.ip.is_none() || two.ip.is_none())
}
