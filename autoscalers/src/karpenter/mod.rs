//! Karpenter: NodePools, NodeClaims, and the cheapest nodes that pods fit on.
