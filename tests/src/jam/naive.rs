//! What a page would play that goes by one ping, half its round trip, and `currentTime`: worked out from
//! the very pings of the page that is measured.

use super::Page;
use super::heard::Heard;
use crate::browser::Browser;
use crate::machine::MachineTime;
use std::time::{SystemTime, UNIX_EPOCH};

/// One ping and its answer. Times are milliseconds since the page's clock began, those of the server
/// since 1970.
#[derive(Clone, Copy, Debug)]
struct Ping {
    received: f64,
    /// By how much the server's clock seems to be ahead of the page's.
    ahead: f64,
    /// How far the audio clock was behind the page's.
    behind: f64,
}

#[derive(Debug)]
pub struct Naive {
    clock_began: MachineTime,
    pings: Vec<Ping>,
    /// How far the audio clock is behind as a rule: a simple page may know that much.
    behind: f64,
}

/// Listens to the pings of a page that has just been opened.
pub(super) fn overhear(page: &Browser) {
    page.evaluate(include_str!("naive.js"));
}

impl Naive {
    pub fn of(page: &Page) -> Self {
        let told = page.evaluate("return naive");
        let pings = told.as_array().expect("pings").iter();
        let pings: Vec<Ping> = pings
            .map(|ping| {
                let number = |place: usize| ping[place].as_f64().expect("a number");
                let server = f64::midpoint(number(2), number(3)) / 1e3;
                Ping {
                    received: number(1),
                    ahead: server - f64::midpoint(number(0), number(1)),
                    behind: number(1) - number(4),
                }
            })
            .collect();
        let mut behind: Vec<f64> = pings.iter().map(|ping| ping.behind).collect();
        behind.sort_by(f64::total_cmp);
        Self {
            clock_began: page.clock_began(),
            behind: behind[behind.len() / 2],
            pings,
        }
    }

    /// By how many milliseconds such a page would be off at each of these beats, whoever is later.
    pub fn apart(&self, heard: &Heard) -> Vec<f64> {
        let beats = heard.beats.iter();
        beats.filter_map(|beat| self.off(beat.at)).collect()
    }

    fn off(&self, at: MachineTime) -> Option<f64> {
        let on_page = at.millis_since(self.clock_began);
        let ping = self
            .pings
            .iter()
            .rev()
            .find(|ping| ping.received <= on_page)?;
        let due = wall(at) - ping.ahead;
        Some((due + self.behind - ping.behind - on_page).abs())
    }
}

/// A time of the machine on the clock that servers go by, in milliseconds since 1970.
fn wall(at: MachineTime) -> f64 {
    let now = MachineTime::now();
    let wall = SystemTime::now().duration_since(UNIX_EPOCH);
    wall.expect("it is later than 1970").as_secs_f64() * 1e3 + at.millis_since(now)
}
