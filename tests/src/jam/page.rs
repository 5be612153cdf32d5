//! A browser in the jam. It must not know what is measured.

use super::cadence::Cadence;
use super::heard::Heard;
use super::{Jam, naive};
use crate::browser::{Browser, Ear, Screen};
use crate::distance::Distance;
use crate::networks::Network;
use std::ops::Deref;

/// A page that sounds and knows the time.
#[derive(Debug)]
pub struct Page {
    ear: Ear<Browser>,
    pub distance: Distance,
}

impl Jam {
    /// Somebody opens the link in a browser, over such a network, and touches the page.
    pub fn page(&self, network: Network) -> Page {
        self.page_on(Screen::Desk, network)
    }

    /// The same on a phone.
    pub fn phone(&self, network: Network) -> Page {
        self.page_on(Screen::Phone, network)
    }

    fn page_on(&self, screen: Screen, network: Network) -> Page {
        let distance = self.distance(network);
        let browser = Browser::joined(&self.link(&distance), screen);
        naive::overhear(&browser);
        let ear = Ear::at(browser);
        let browser = ear.page();
        browser.click(".status");
        ear.wait_until_it_sounds();
        browser.wait_until("the page knows the time", |page| {
            page.text(".status").contains("n time ±")
        });
        Page { ear, distance }
    }
}

impl Page {
    /// Everything that the page played since it was touched.
    pub fn heard(&self) -> Heard {
        self.heard_with_latency().0
    }

    /// The same, and how long the browser says that its output takes, in milliseconds.
    pub fn heard_with_latency(&self) -> (Heard, f64) {
        let overheard = self.ear.overheard();
        let cadence = Cadence::of(&overheard, self.clock_began());
        let heard = Heard::of(overheard.sound, overheard.rate, |frame| {
            cadence.heard_at(frame)
        });
        (heard, cadence.latency())
    }
}

impl Deref for Page {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        self.ear.page()
    }
}
