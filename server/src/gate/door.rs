//! How many connections may be open at once, in all and from one address.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug)]
pub(crate) struct Door {
    most: usize,
    most_per_network: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    by_network: HashMap<IpAddr, usize>,
}

/// Why a connection is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Full,
    TooManyOfOne,
}

/// A connection's right to be open; dropping it gives the place to another.
#[derive(Debug)]
pub(crate) struct Permit {
    door: Arc<Door>,
    /// Whom it counts for, if anyone.
    network: Option<IpAddr>,
}

impl Door {
    pub(crate) fn new(most: usize, most_per_network: usize) -> Self {
        Self {
            most,
            most_per_network,
            open: Mutex::default(),
        }
    }

    /// Lets a connection in. Without a network it counts for all only.
    pub(crate) fn enter(self: &Arc<Self>, network: Option<IpAddr>) -> Result<Permit, Refusal> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.all >= self.most {
            return Err(Refusal::Full);
        }
        if let Some(network) = network {
            let count = open.by_network.entry(network).or_default();
            if *count >= self.most_per_network {
                return Err(Refusal::TooManyOfOne);
            }
            *count += 1;
        }
        open.all += 1;
        Ok(Permit {
            door: self.clone(),
            network,
        })
    }

    pub(crate) fn open(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).all
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self
            .door
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        if let Some(network) = self.network
            && let Entry::Occupied(mut entry) = open.by_network.entry(network)
        {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn who_leaves_makes_room_and_nothing_is_kept_of_them() {
        let door = Arc::new(Door::new(5, 2));
        let here = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let elsewhere = Some(IpAddr::V4(Ipv4Addr::BROADCAST));
        let first = door.enter(here).unwrap();
        let second = door.enter(here).unwrap();
        assert_eq!(door.enter(here).unwrap_err(), Refusal::TooManyOfOne);
        let others = [elsewhere, elsewhere, None].map(|network| door.enter(network).unwrap());
        assert_eq!(door.enter(None).unwrap_err(), Refusal::Full);
        drop(first);
        let third = door.enter(here).unwrap();
        drop((second, third, others));
        assert_eq!(door.open(), 0);
        assert!(door.open.lock().unwrap().by_network.is_empty());
    }
}
