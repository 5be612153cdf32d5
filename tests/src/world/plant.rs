//! Deliberate bugs, to see that worlds notice them.

use super::World;
use lockstep_session::replica::Fault;

impl World {
    /// Plants a bug in every replica there is.
    pub fn plant(&mut self, fault: Fault) {
        for seat in &mut self.seats {
            seat.replica.set_fault(fault);
        }
    }
}
