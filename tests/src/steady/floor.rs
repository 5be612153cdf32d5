//! Who uses the machine: tests take places on it by what they start, and one of them may have it to
//! itself for a while. It must not know what is started.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread::ThreadId;
use std::time::Duration;

/// The machine under all tests of this process.
static MACHINE: Floor = Floor::new();

/// Tests end sooner than this. Should two wait for each other, both go on.
const LONGEST: Duration = Duration::from_secs(240);

#[derive(Debug)]
struct Floor {
    taken: Mutex<Taken>,
    changed: Condvar,
}

/// Tests are known by their threads.
#[derive(Debug)]
struct Taken {
    places: Vec<ThreadId>,
    alone: Option<ThreadId>,
}

/// Whoever starts something heavy has a place until that is gone.
#[derive(Debug)]
pub(crate) struct Place {
    floor: &'static Floor,
    whose: ThreadId,
}

/// Nobody else takes a place while this is there.
#[derive(Debug)]
pub(super) struct Alone(&'static Floor);

impl Place {
    pub(crate) fn take() -> Self {
        MACHINE.place()
    }
}

impl Alone {
    pub(super) fn wait() -> Self {
        MACHINE.alone()
    }
}

impl Floor {
    const fn new() -> Self {
        Self {
            taken: Mutex::new(Taken {
                places: Vec::new(),
                alone: None,
            }),
            changed: Condvar::new(),
        }
    }

    /// Waits while somebody else has all of it, unless this test is in the middle of something.
    fn place(&'static self) -> Place {
        let whose = std::thread::current().id();
        let must_wait = |taken: &mut Taken| {
            let is_begun = taken.places.contains(&whose);
            !is_begun && taken.alone.is_some_and(|other| other != whose)
        };
        let waited = self.changed.wait_while(self.look(), must_wait);
        let mut taken = waited.expect("nobody panics with it");
        taken.places.push(whose);
        Place { floor: self, whose }
    }

    /// Waits until the others have ended what they are at.
    fn alone(&'static self) -> Alone {
        let me = std::thread::current().id();
        let waited = self
            .changed
            .wait_while(self.look(), |taken| taken.alone.is_some());
        let mut taken = waited.expect("nobody panics with it");
        taken.alone = Some(me);
        let are_others = |taken: &mut Taken| taken.places.iter().any(|place| *place != me);
        let waited = self.changed.wait_timeout_while(taken, LONGEST, are_others);
        drop(waited.expect("nobody panics with it"));
        Alone(self)
    }

    fn look(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().expect("nobody panics with it")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.floor.look();
        let place = taken.places.iter().position(|place| *place == self.whose);
        taken.places.swap_remove(place.expect("it was taken"));
        self.floor.changed.notify_all();
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        self.0.look().alone = None;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn whoever_is_alone_begins_after_the_others_and_ends_before_the_next() {
        static FLOOR: Floor = Floor::new();
        let (events, told) = channel();
        let tell = |what| {
            let events = events.clone();
            move || events.send(what).expect("somebody listens")
        };
        let (begins, comes_next) = (tell("begins"), tell("comes next"));
        let first = FLOOR.place();
        let alone = std::thread::spawn(move || {
            let alone = FLOOR.alone();
            let own = FLOOR.place();
            begins();
            (own, alone)
        });
        while FLOOR.look().alone.is_none() {
            std::thread::yield_now();
        }
        let second = FLOOR.place();
        let next = std::thread::spawn(move || {
            let _place = FLOOR.place();
            comes_next();
        });
        tell("goes on")();
        drop((first, second));
        let whole = alone.join().expect("it has had the floor");
        tell("ends")();
        drop(whole);
        next.join().expect("it has had a place");
        let heard: Vec<&str> = told.try_iter().collect();
        assert_eq!(heard, ["goes on", "begins", "ends", "comes next"]);
    }
}
