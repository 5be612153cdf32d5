//! How much one client address may ask for: a bucket of tokens for each kind of request. It knows
//! addresses and time, never what is asked.

mod door;

pub(crate) use door::{Door, Permit, Refusal};

use crate::http::Client;
use crate::{clock::ServerClock, problem::Problem};
use lockstep_session::units::{ServerTime, Span};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Clients that are remembered at least. Those that came least recently are forgotten first, which
/// costs the server no more than another burst from them.
const REMEMBERED: usize = 32_768;
/// Nobody is granted more than this many times the usual.
const MOST_GENEROUS: u32 = 1_000;

/// What a client asks for, by what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    /// Anything over HTTP.
    Request,
    /// A new session.
    Create,
    Upload,
    /// A rendering, which takes seconds of a core.
    Export,
    /// A WebSocket.
    Connect,
}

/// One token every so often, and so many at once.
#[derive(Clone, Copy, Debug)]
struct Rate {
    every: Span,
    burst: u32,
}

impl Class {
    /// A classroom behind one address opens the page together; a band comes back together.
    fn rate(self) -> Rate {
        let (every, burst) = match self {
            Class::Request => (Span::from_millis(10), 2_000),
            Class::Create => (Span::from_millis(2_000), 60),
            Class::Upload => (Span::from_millis(1_000), 120),
            Class::Export => (Span::from_millis(6_000), 20),
            Class::Connect => (Span::from_millis(50), 1_000),
        };
        Rate { every, burst }
    }
}

#[derive(Debug)]
pub(crate) struct Gate {
    clock: ServerClock,
    /// How many times the usual rates are granted. Nothing is counted at zero.
    generosity: u32,
    clients: Mutex<Clients>,
}

impl Gate {
    pub(crate) fn new(generosity: u32) -> Self {
        Self {
            clock: ServerClock::start(),
            generosity: generosity.min(MOST_GENEROUS),
            clients: Mutex::new(Clients::remembering(REMEMBERED)),
        }
    }

    pub(crate) fn admit(&self, client: &Client, class: Class) -> Result<(), Problem> {
        self.admit_at(client.network(), class, self.clock.now())
            .map_err(|wait| {
                tracing::debug!(?class, "a client asks too often");
                Problem::TOO_MANY_REQUESTS.retry_after(seconds(wait))
            })
    }

    /// Takes a token, or says how long until there is one.
    fn admit_at(&self, network: IpAddr, class: Class, now: ServerTime) -> Result<(), Span> {
        if self.generosity == 0 {
            return Ok(());
        }
        let Rate { every, burst } = class.rate();
        let every = Span::from_micros(every.as_micros() / i64::from(self.generosity));
        let depth =
            Span::from_micros(every.as_micros() * i64::from(burst) * i64::from(self.generosity));
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = clients.full_at((network, class));
        let with_one_less = full_at.map_or(now, |full_at| full_at.max(now)) + every;
        let missing = with_one_less - now;
        if missing > depth {
            // Who hammers on is not forgotten for it.
            clients.remember((network, class), with_one_less - every);
            return Err(missing - depth);
        }
        clients.remember((network, class), with_one_less);
        Ok(())
    }
}

fn seconds(wait: Span) -> u32 {
    let seconds = wait.as_micros().max(0).unsigned_abs().div_ceil(1_000_000);
    u32::try_from(seconds).unwrap_or(u32::MAX).max(1)
}

type Key = (IpAddr, Class);

/// When each bucket will be full again: all there is to know of one. Two generations bound them:
/// once the younger is large the elder, untouched since it was, is let go of whole.
#[derive(Debug)]
struct Clients {
    younger: HashMap<Key, ServerTime>,
    elder: HashMap<Key, ServerTime>,
    most: usize,
}

impl Clients {
    fn remembering(most: usize) -> Self {
        Self {
            younger: HashMap::new(),
            elder: HashMap::new(),
            most,
        }
    }

    fn full_at(&self, key: Key) -> Option<ServerTime> {
        self.younger
            .get(&key)
            .or_else(|| self.elder.get(&key))
            .copied()
    }

    fn remember(&mut self, key: Key, full_at: ServerTime) {
        if self.younger.len() >= self.most && !self.younger.contains_key(&key) {
            self.elder = std::mem::take(&mut self.younger);
        }
        self.younger.insert(key, full_at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const START: ServerTime = ServerTime::from_micros(1_000_000_000);

    fn address(number: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from_bits(number))
    }

    fn granted(gate: &Gate, client: u32, class: Class, now: ServerTime) -> u32 {
        let once = || gate.admit_at(address(client), class, now).is_ok();
        u32::try_from((0..100_000).take_while(|_| once()).count()).unwrap()
    }

    #[test]
    fn a_client_has_its_burst_then_its_steady_rate_and_never_another_s() {
        let gate = Gate::new(1);
        assert_eq!(granted(&gate, 1, Class::Create, START), 60);
        assert_eq!(granted(&gate, 1, Class::Create, START), 0);
        assert_eq!(granted(&gate, 1, Class::Upload, START), 120);
        assert_eq!(granted(&gate, 2, Class::Create, START), 60);
        let wait = gate
            .admit_at(address(1), Class::Create, START)
            .expect_err("nothing is left");
        assert_eq!(wait, Span::from_seconds(2));
        let later = START + wait;
        assert_eq!(granted(&gate, 1, Class::Create, later), 1);
        let much_later = later + Span::from_seconds(1_000_000);
        assert_eq!(granted(&gate, 1, Class::Create, much_later), 60);
        // A clock that runs backwards gives nothing.
        assert_eq!(granted(&gate, 1, Class::Create, START), 0);
    }

    #[test]
    fn an_operator_may_be_more_generous_or_not_count_at_all() {
        assert_eq!(granted(&Gate::new(10), 1, Class::Export, START), 200);
        assert_eq!(granted(&Gate::new(0), 1, Class::Export, START), 100_000);
    }

    #[test]
    fn a_hundred_thousand_addresses_are_not_all_remembered_and_a_regular_is_not_forgotten() {
        let gate = Gate::new(1);
        assert_eq!(granted(&gate, 0, Class::Connect, START), 1_000);
        let mut regular = 0;
        for number in 1..100_000 {
            gate.admit_at(address(number), Class::Connect, START)
                .unwrap();
            let now = START + Span::from_micros(i64::from(number) * 10);
            regular += u32::from(gate.admit_at(address(0), Class::Connect, now).is_ok());
        }
        assert_eq!(regular, 19, "one second at the steady rate");
        let clients = gate.clients.lock().unwrap();
        assert!(clients.younger.len() + clients.elder.len() <= 2 * REMEMBERED);
    }
}
