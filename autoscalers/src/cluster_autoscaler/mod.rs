//! The Cluster Autoscaler: node groups, and how large each is to be.
