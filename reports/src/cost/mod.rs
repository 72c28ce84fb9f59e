//! Cost: from facts to bills, from bills to books, and from books to the rows of a breakdown.
//!
//! A [`meter`] reads facts and writes a bill for each instance; [`commitments`] cover bills; a
//! [`ledger`] closes the books and sums them up; [`breakdown`] allocates the sum, and [`trace`]
//! takes it apart again.

pub mod breakdown;
pub mod commitments;
pub mod least;
pub mod ledger;
pub mod meter;
pub mod packed;
pub mod persistent;
pub mod shares;
pub mod trace;

use sim::model::catalog::CapacityType;

/// The capacity types, in the order of the columns of every table of them.
pub const CAPACITY_TYPES: [CapacityType; 2] = [CapacityType::OnDemand, CapacityType::Spot];

/// The column of a capacity type, its index in [`CAPACITY_TYPES`].
pub(crate) fn column(capacity_type: CapacityType) -> usize {
    match capacity_type {
        CapacityType::OnDemand => 0,
        CapacityType::Spot => 1,
    }
}
