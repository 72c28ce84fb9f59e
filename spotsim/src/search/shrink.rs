//! Shrinking: the smallest faults of which something still holds.
// R. Hildebrandt and A. Zeller, Simplifying failure-inducing input, ISSTA 2000: what is not needed is left out

use super::faults::{Fault, Targets};
use crate::Error;

/// The most runs that shrinking takes.
const MOST: usize = 400;

/// Faults of which something still holds, as `still` says: without each in turn, then with each made simpler,
/// as long as that changes anything; with how many runs that took.
pub(super) fn smallest(
    mut faults: Vec<Fault>,
    targets: &Targets,
    mut still: impl FnMut(&[Fault]) -> Result<bool, Error>,
) -> Result<(Vec<Fault>, usize), Error> {
    let mut runs = 0;
    let mut still = |faults: &[Fault]| -> Result<bool, Error> {
        if runs == MOST {
            return Ok(false);
        }
        runs += 1;
        still(faults)
    };
    loop {
        let before = faults.clone();
        let mut index = 0;
        while index < faults.len() {
            let mut fewer = faults.clone();
            fewer.remove(index);
            if still(&fewer)? {
                faults = fewer;
            } else {
                index += 1;
            }
        }
        for index in 0..faults.len() {
            for simpler in faults[index].simpler(targets) {
                let mut changed = faults.clone();
                changed[index] = simpler;
                if still(&changed)? {
                    faults = changed;
                    break;
                }
            }
        }
        if faults == before {
            return Ok((faults, runs));
        }
    }
}
