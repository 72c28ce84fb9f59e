//! Facts about the market: prices, capacity, and what providers refuse.

macro_rules! of_market {
    ($next:ident! { $($inner:tt)* } $($before:tt)*) => { $next! { $($inner)* $($before)*

    /// The price of an offering changed.
    PriceChanged = 14 {
        offering: OfferingId,
        /// The price from now on.
        price: MicroUsdPerHour,
    }
    digest [offering; price]
    columns {
        instanceType: Column::InstanceType(offering), zone: Column::Zone(offering),
        capacityType: Column::CapacityType(offering), microUsdPerHour: price
    }
    says [Column::Offering(offering), " costs ", price, " now"]

    /// There is more or less spot capacity from now on.
    CapacityChanged = 21 {
        /// Of which offering.
        offering: OfferingId,
        /// How much.
        capacity: Capacity,
    }
    digest [offering; capacity]
    columns {
        instanceType: Column::InstanceType(offering), zone: Column::Zone(offering),
        capacity: capacity
    }
    says [
        "spot capacity of ", Column::InstanceType(offering), ", ", Column::Zone(offering), " is ",
        capacity, " now"
    ]

    /// The provider had no instance to give.
    LaunchRefused = 22 {
        pool: PoolId,
        /// Of which offering.
        offering: OfferingId,
        /// Whether it costs more than the pool pays; otherwise there was no capacity.
        outbid: bool,
    }
    digest [pool; offering, outbid]
    columns {
        pool: pool, instanceType: Column::InstanceType(offering), zone: Column::Zone(offering),
        capacityType: Column::CapacityType(offering), outbid: outbid
    }
    says [
        pool, " is refused another ", Column::Offering(offering),
        if outbid { ": it costs more than the maximum price" } else { "" }
    ]

    /// A pool has been short of spot for so long that it launched an on-demand node instead.
    PoolFellBack = 27 {
        pool: PoolId,
        node: NodeId,
    }
    digest [pool; node]
    columns { pool: pool, node: node }
    says [pool, " makes do with ", node, ", for want of spot"]

    } };
}

pub(super) use of_market;
