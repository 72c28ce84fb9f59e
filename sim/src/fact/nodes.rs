//! Facts about nodes: from their launch to the end of their object.

macro_rules! of_nodes {
    ($next:ident! { $($inner:tt)* } $($before:tt)*) => { $next! { $($inner)* $($before)*

    /// A node has pulled an image, which it did not have.
    ImagePulled = 35 {
        node: NodeId,
        /// Which image.
        image: ImageId,
        /// How long it took, without waiting for other images.
        took: Span,
    }
    digest [node; image; took]
    columns { node: node, image: image, tookMs: took }
    says [node, " has pulled ", image, " in ", took]

    /// The provider accepted a launch; billing starts.
    NodeLaunched = 9 {
        node: NodeId,
        pool: PoolId,
        offering: OfferingId,
        /// At which price.
        price: MicroUsdPerHour,
    }
    digest [node; pool, offering; price]
    columns {
        node: node, pool: pool, instanceType: Column::InstanceType(offering),
        zone: Column::Zone(offering), capacityType: Column::CapacityType(offering),
        microUsdPerHour: price
    }
    says [node, " is launched: ", Column::Offering(offering)]

    /// A launched node has the labels of another template of its offering than the first: those that its pods ask
    /// for, where its pool gives nodes one of several values.
    NodeLabelled = 125 {
        node: NodeId,
        pool: PoolId,
        /// Which of the pool's templates.
        template: u32,
    }
    digest [node; pool, template]
    columns { node: node, pool: pool, template: template }
    says [node, " has the labels of template ", template, " of ", pool]

    /// A node takes pods.
    NodeReady = 10 {
        node: NodeId,
    }
    digest [node]
    columns { node: node }
    says [node, " takes pods"]

    /// The provider announced that it will take an instance.
    NoticeGiven = 11 {
        node: NodeId,
        /// How long it has left.
        lead: Span,
    }
    digest [node; lead]
    columns { node: node, leadMs: lead }
    says [node, " will be taken in ", lead]

    /// A node takes no more pods.
    NodeCordoned = 12 {
        node: NodeId,
    }
    digest [node]
    columns { node: node }
    says [node, " is cordoned"]

    /// A node takes pods again.
    NodeUncordoned = 17 {
        node: NodeId,
    }
    digest [node]
    columns { node: node }
    says [node, " is uncordoned"]

    /// A node's taints changed.
    NodeTainted = 18 {
        node: NodeId,
        /// How many taints it has now.
        taints: u32,
    }
    digest [node; taints]
    columns { node: node, taints: taints }
    says [node, " has ", taints, " taints now"]

    /// An instance is gone; billing ends.
    NodeGone = 13 {
        node: NodeId,
        /// Why.
        why: Cause,
        /// Whether it had been announced.
        announced: bool,
    }
    digest [node; why.number(), announced]
    columns { node: node, why: why, announced: announced }
    says [
        node, " is gone", because(why),
        if announced || why == Cause::Released { "" } else { ", without notice" }
    ]

    /// The kubelet of a node has been silent for so long that the node is taken to be lost.
    NodeUnreachable = 25 {
        node: NodeId,
    }
    digest [node]
    columns { node: node }
    says [node, " is unreachable"]

    /// The object of a node whose instance is gone was deleted.
    NodeDeleted = 26 {
        node: NodeId,
    }
    digest [node]
    columns { node: node }
    says ["the object of ", node, " is deleted"]

    /// The provider said that an instance is at elevated risk of being taken.
    RebalanceRecommended = 23 {
        node: NodeId,
    }
    digest [node]
    columns { node: node }
    says [node, " is at elevated risk of being taken"]

    /// A node was launched to take the place of another, which leaves when this one is ready.
    ReplacementLaunched = 28 {
        /// The new one.
        node: NodeId,
        /// The other.
        replaces: NodeId,
        /// Whether its pool goes back from on-demand to spot by that.
        back_to_spot: bool,
    }
    digest [node; replaces, back_to_spot]
    columns { node: node, replaces: replaces, backToSpot: back_to_spot }
    says [
        node, " is to take the place of ", replaces,
        if back_to_spot { ", back on spot" } else { "" }
    ]

    } };
}

pub(super) use of_nodes;
