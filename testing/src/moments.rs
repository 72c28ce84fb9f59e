//! Moments: a whole run, looked at whenever everything of one instant has happened.

use sim::engine::Simulation;
use sim::world::World;
use sim::{Root, Setup};

/// Runs a setup once and looks at the world after every instant, until the look finds something.
///
/// What happens in one millisecond is one moment: a pod that begins to terminate and its replacement that
/// is bound at once were never seen apart.
///
/// # Errors
/// What the look found.
pub fn at_every_moment<E>(
    setup: &Setup,
    root: Root,
    mut look: impl FnMut(&World) -> Result<(), E>,
) -> Result<(), E> {
    let mut simulation = Simulation::new(setup, root, ());
    loop {
        if simulation.due() != Some(simulation.world().now()) {
            look(simulation.world())?;
        }
        if !simulation.step() {
            return Ok(());
        }
    }
}
