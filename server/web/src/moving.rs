//! What moves on the screen many times a second: meters and playheads. It is moved at once, without a
//! signal for each of them. It must not know what it looks like.

use leptos::prelude::*;
use lockstep_session::ids::TrackId;
use std::cell::RefCell;
use std::rc::Rc;

/// All that is moved by values of one kind. Copies are the same.
#[derive(Debug)]
pub(crate) struct Moving<T: 'static>(StoredValue<Rc<RefCell<Shown<T>>>, LocalStorage>);

struct Shown<T> {
    all: Vec<One<T>>,
    /// How many there have been.
    count: u32,
}

struct One<T> {
    number: u32,
    /// None is the whole session.
    track: Option<TrackId>,
    paint: Box<dyn Fn(T)>,
}

impl<T> Clone for Moving<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Moving<T> {}

impl<T: 'static> Moving<T> {
    pub(crate) fn new() -> Self {
        let none = Shown {
            all: Vec::new(),
            count: 0,
        };
        Self(StoredValue::new_local(Rc::new(RefCell::new(none))))
    }

    /// One more, of a track or of the whole session, for as long as the caller's view is there.
    pub(crate) fn show(self, track: Option<TrackId>, paint: impl Fn(T) + 'static) {
        let shown = self.0.get_value();
        let mut shown = shown.borrow_mut();
        shown.count += 1;
        let (number, paint) = (shown.count, Box::new(paint));
        shown.all.push(One {
            number,
            track,
            paint,
        });
        on_cleanup(move || {
            if let Some(shown) = self.0.try_get_value() {
                shown.borrow_mut().all.retain(|one| one.number != number);
            }
        });
    }

    /// Moves each to where it belongs, if that is known.
    pub(crate) fn paint(self, to: impl Fn(Option<TrackId>) -> Option<T>) {
        for one in &self.0.get_value().borrow().all {
            if let Some(value) = to(one.track) {
                (one.paint)(value);
            }
        }
    }
}
