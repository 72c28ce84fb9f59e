//! How long it takes until the containers of a bound pod start.

use crate::model::Model;
use crate::model::images::ImageId;
use crate::time::{LONGEST_HORIZON, Span};

/// How long it takes until containers start; by default no time at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StartUp {
    /// A disk is attached to a node, and mounted.
    pub attach: Span,
    /// A disk is unmounted and detached from a node on which no pod uses it any more.
    pub detach: Span,
    /// After its pod is deleted, a disk is detached by force that was still mounted on a lost node.
    // kube-controller-manager: attachdetach maxWaitForUnmountDuration
    pub force_detach: Span,
    /// How many bytes of images a node pulls and unpacks in a second; none if images are just there.
    pub pull_rate: Option<u64>,
}

impl StartUp {
    /// How long a node takes to pull an image, rounded up to the millisecond.
    pub(crate) fn pull_takes(&self, model: &Model, image: ImageId) -> Span {
        let Some(rate) = self.pull_rate else { return Span::ZERO };
        let milli = u128::from(model.images.bytes(image)) * 1_000;
        let ms = milli.div_ceil(u128::from(rate.max(1)));
        Span::from_ms(u64::try_from(ms).unwrap_or(u64::MAX)).min(LONGEST_HORIZON)
    }
}
