//! Facts: what did happen, in the order in which it happened. All that a report ever sees.

mod autoscalers;
mod cause;
mod clauses;
mod columns;
mod declare;
mod kubelets;
mod market;
mod nodes;
pub(crate) mod pack;
mod pods;
pub mod refusal;
mod requested;
mod sink;
mod subjects;
mod usage;
mod words;
mod workloads;

pub use cause::Cause;
pub use columns::Column;
pub use requested::Requested;
pub use sink::Sink;
pub use subjects::Subjects;

use crate::model::breach::Breach;
use crate::model::budget::BudgetId;
use crate::model::catalog::{Capacity, OfferingId};
use crate::model::disruption::DisruptionReason;
use crate::model::images::ImageId;
use crate::model::job::{Outcome, Worked};
use crate::model::node::NodeId;
use crate::model::pod::{End, PodId, SpecId};
use crate::model::pool::PoolId;
use crate::model::pressure::Pressure;
use crate::model::workload::WorkloadId;
use crate::money::MicroUsdPerHour;
use crate::names::NameId;
use crate::time::{SimTime, Span};
use autoscalers::of_autoscalers;
use clauses::{at_fault, became, because, breaks, how};
use declare::facts;
use kubelets::of_kubelets;
use market::of_market;
use nodes::of_nodes;
use pack::Pack;
use pods::of_pods;
use refusal::RefusalId;
use subjects::Subject;
use usage::of_usage;
use words::{Word, flags, missing};
use workloads::of_workloads;

// Each list hands all facts on to the next with its own after them; the last makes the enum. What
// their types and words are is looked up here.
of_workloads! { of_pods! { of_nodes! { of_market! { of_usage! { of_kubelets! { of_autoscalers! { facts! {} } } } } } } }

// A recording keeps millions of them.
const _: () = assert!(size_of::<Fact>() <= 72);
