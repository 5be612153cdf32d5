//! A real browser on the session page: headless Chromium, unless a test asks for another, driven by
//! the W3C protocol. Steps are numbered from one, as the page names them. It must not know any single
//! test.

mod controls;
mod devtools;
mod driver;
mod ear;
mod hand;
mod microphone;

pub use devtools::Spoken;
pub use ear::{Ear, Overheard, named, overheard_page};
pub use microphone::{Microphone, decoded, strikes_at};

use crate::client::Client as Witness;
use crate::server::Server;
use driver::Driver;
use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How long anything on a page may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The screen a page is opened on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// 1280 x 760, with a mouse.
    Desk,
    /// 360 x 740, with fingers.
    Phone,
}

/// What renders the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Make {
    Chromium,
    Firefox,
    /// What Safari is made of, as Linux has it.
    WebKit,
}

/// One browser with one page. Dropping it ends both it and its driver.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    driver: Driver,
    runtime: Runtime,
}

impl Browser {
    /// A browser that has never been anywhere, at `url`.
    pub fn open(url: &str, screen: Screen) -> Self {
        let browser = Self::start(&[], screen);
        browser.visit(url);
        browser
    }

    /// One of any make at a session whose steps are there, on a machine without a sound device.
    pub fn joined_with(make: Make, url: &str) -> Self {
        let browser = Self::start_make(make, &[], Screen::Desk);
        browser.visit(url);
        browser.wait_until_joined();
        browser
    }

    /// A browser that is nowhere yet, with flags of its own.
    fn start(flags: &[String], screen: Screen) -> Self {
        Self::start_make(Make::Chromium, flags, screen)
    }

    fn start_make(make: Make, flags: &[String], screen: Screen) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let driver = Driver::start(make);
        let client = runtime
            .block_on(driver.connect(flags, screen))
            .unwrap_or_else(|error| panic!("{make:?} starts: {error}"));
        Self {
            client,
            driver,
            runtime,
        }
    }

    /// At a session whose steps are there.
    pub fn joined(url: &str, screen: Screen) -> Self {
        let page = Self::open(url, screen);
        page.wait_until_joined();
        page
    }

    /// The session is there, with a kick.
    pub fn wait_until_joined(&self) {
        self.wait_until_connected();
        self.wait_until("the session's steps are there", |page| {
            page.has_step("Kick", 1)
        });
    }

    /// At a new session, with somebody who sees what comes of it.
    pub fn witnessed(server: &Server, screen: Screen) -> (Self, Witness) {
        let session = server.new_session();
        let page = Self::joined(&server.url(&format!("/s/{session}")), screen);
        (page, Witness::joined(server.address(), &session, 9))
    }

    pub fn visit(&self, url: &str) {
        self.runtime
            .block_on(self.client.goto(url))
            .unwrap_or_else(|error| panic!("opening {url}: {error}"));
    }

    pub fn reload(&self) {
        self.runtime
            .block_on(self.client.refresh())
            .expect("the page loads again");
    }

    /// Whether a step is on, as the page tells everyone.
    pub fn pressed(&self, track: &str, step: usize) -> bool {
        self.step_attribute(track, step, "aria-pressed").as_deref() == Some("true")
    }

    /// How many steps are picked.
    pub fn picked(&self) -> usize {
        let count = self.evaluate("return document.querySelectorAll('.step.picked').length");
        count
            .as_u64()
            .and_then(|count| usize::try_from(count).ok())
            .unwrap_or(0)
    }

    pub fn has_step(&self, track: &str, step: usize) -> bool {
        !self
            .evaluate(&format!(
                "return document.querySelector({:?})",
                step_selector(track, step)
            ))
            .is_null()
    }

    /// Where the playhead is in the first track, if it is on the screen.
    pub fn playhead_column(&self) -> Option<usize> {
        let step =
            self.evaluate("return document.querySelector('.steps [data-now]')?.dataset.step");
        step.as_str()
            .map(|step| step.parse::<usize>().expect("a step's number") + 1)
    }

    pub fn connection_words(&self) -> String {
        self.text(".connection")
    }

    /// The text of the first element that fits, or nothing.
    pub fn text(&self, selector: &str) -> String {
        let text = self.evaluate(&format!(
            "return document.querySelector({selector:?})?.textContent"
        ));
        text.as_str().unwrap_or_default().to_owned()
    }

    pub fn address(&self) -> String {
        self.runtime
            .block_on(self.client.current_url())
            .expect("a page is open")
            .into()
    }

    /// What a script returns. For questions about the layout; what a player does goes by pointer and key.
    pub fn evaluate(&self, script: &str) -> Value {
        let answer = self
            .runtime
            .block_on(self.client.execute(script, Vec::new()));
        answer.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    pub fn click_step(&self, track: &str, step: usize) {
        self.click(&step_selector(track, step));
    }

    pub fn click(&self, selector: &str) {
        let element = self.find(selector);
        self.runtime
            .block_on(element.click())
            .unwrap_or_else(|error| panic!("clicking {selector}: {error}"));
    }

    /// Types at whatever has the focus. Keys without a letter are those of `fantoccini::key`.
    pub fn keys(&self, keys: &str) {
        let focused = self
            .runtime
            .block_on(self.client.active_element())
            .expect("the page has a focus");
        self.runtime
            .block_on(focused.send_keys(keys))
            .expect("the keyboard works");
    }

    /// The name of what has the focus.
    pub fn focused(&self) -> String {
        let name = self.evaluate("const it = document.activeElement; return it.getAttribute('aria-label') ?? it.textContent");
        name.as_str().unwrap_or_default().to_owned()
    }

    /// Does something while another tab lies over the page, which is hidden meanwhile.
    pub fn behind_another_tab(&self, meanwhile: impl FnOnce()) {
        let switch = |handle| {
            self.runtime
                .block_on(self.client.switch_to_window(handle))
                .expect("tabs can be changed");
        };
        let page = self.runtime.block_on(self.client.window());
        let page = page.expect("the page is in a tab");
        let other = self.runtime.block_on(self.client.new_window(true));
        switch(other.expect("another tab").handle);
        meanwhile();
        self.runtime
            .block_on(self.client.close_window())
            .expect("a tab is closed");
        switch(page);
    }

    /// Asks again and again until the answer is yes. Panics with what the browser shows if it never is.
    pub fn wait_until(&self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(
                Instant::now() < deadline,
                "{what}: not so after {PATIENCE:?}; the page says {:?}",
                self.text("body")
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn wait_until_connected(&self) {
        self.wait_until("the page is connected", |page| {
            page.connection_words() == "Connected"
        });
    }

    pub fn screenshot(&self, file: &Path) {
        let picture = self
            .runtime
            .block_on(self.client.screenshot())
            .expect("a picture of the page");
        std::fs::write(file, picture).expect("the picture is written");
    }

    /// How long all processes of the browser have been on a processor, to a hundredth of a second.
    pub fn processor_time(&self) -> Duration {
        self.driver.processor_time()
    }

    /// The machine that it runs on sleeps for so long: nothing of it runs, neither page nor sound.
    pub fn sleep(&self, span: Duration) {
        self.driver.signal("-STOP");
        std::thread::sleep(span);
        self.driver.signal("-CONT");
    }

    /// Errors and refusals that the console has shown since the start.
    pub fn complaints(&self) -> Vec<String> {
        self.driver.complaints()
    }

    fn step_attribute(&self, track: &str, step: usize, name: &str) -> Option<String> {
        let script = format!(
            "return document.querySelector({:?})?.getAttribute({name:?})",
            step_selector(track, step)
        );
        self.evaluate(&script).as_str().map(str::to_owned)
    }

    fn find(&self, selector: &str) -> Element {
        self.wait_until(&format!("{selector} is on the page"), |page| {
            !page
                .evaluate(&format!("return document.querySelector({selector:?})"))
                .is_null()
        });
        let found = self
            .runtime
            .block_on(self.client.find(Locator::Css(selector)));
        found.unwrap_or_else(|error| panic!("{selector}: {error}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A polite end first; what is left is ended by the driver's own drop.
        let client = self.client.clone();
        let closing = async { tokio::time::timeout(Duration::from_secs(5), client.close()).await };
        let _ = self.runtime.block_on(closing);
    }
}

fn step_selector(track: &str, step: usize) -> String {
    format!("[aria-label='{track}, step {step}']")
}
