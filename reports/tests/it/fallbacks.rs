//! Fallbacks by hand: what is counted in the window, and what is not.

use crate::common;

use common::{legend, s};
use reports::folds::capacity::CapacityFold;
use reports::folds::roster::Alone;
use sim::model::node::NodeId;
use sim::model::pool::PoolId;
use sim::table::Id;
use sim::{Fact, Sink, Span};

#[test]
fn nodes_that_stand_in_for_spot_are_counted_and_those_that_take_their_place() {
    let legend = legend(Span::from_secs(100), Span::from_secs(1_000));
    let mut capacity = Alone::new(&legend, CapacityFold::new(&legend));
    let (pool, node) = (PoolId::from_index(0), NodeId::from_index(0));
    let fell_back = Fact::PoolFellBack { pool, node };
    let replaced = |back_to_spot| Fact::ReplacementLaunched { node, replaces: node, back_to_spot };
    for (second, fact) in [
        (99, fell_back),
        (100, fell_back),
        (400, fell_back),
        (500, replaced(false)),
        (600, replaced(true)),
    ] {
        capacity.fact(s(second), &fact);
    }
    let capacity = capacity.fold.finish(&capacity.roster);
    assert_eq!((capacity.fell_back, capacity.back_to_spot), (2, 1));
}
