//! What holds of the autoscalers whatever the cluster is.

mod cluster_autoscaler;
mod karpenter;
