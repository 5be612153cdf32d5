//! A screen that nobody sees, with a window manager and hands: an X server of its own for each test.

mod file_manager;
mod look;

pub use file_manager::FileManager;
pub use look::Look;

use crate::server::PATIENCE;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Dropping it ends everything on it.
#[derive(Debug)]
pub struct Display {
    server: Child,
    manager: Option<Child>,
    name: String,
}

/// A window on a display, by the number the system gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window(u64);

/// Where something is in a window, from its upper left corner.
pub type Place = (i32, i32);

/// Between looks at a window that may still be moving.
pub const LOOKS: Duration = Duration::from_millis(200);

/// How long a finger stays down: what is drawn thirty times a second has to see it.
const FINGER: Duration = Duration::from_millis(120);

impl Display {
    pub fn open() -> Self {
        let mut display = Self::without_manager();
        let manager = Command::new("openbox")
            .env("DISPLAY", &display.name)
            .stderr(Stdio::null())
            .spawn()
            .expect("openbox is there: run `cargo xtask test`");
        display.manager = Some(manager);
        display
    }

    /// Nobody gives windows frames, a place and the keyboard here.
    pub fn without_manager() -> Self {
        // The server looks for a free number by itself, and says which on this pipe.
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "2240x1400x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is there: run `cargo xtask test`");
        let mut output = server.stdout.take().expect("its output is piped");
        let mut number = String::new();
        while !number.ends_with('\n') {
            let mut byte = [0];
            let count = output.read(&mut byte).expect("it says its number");
            assert!(count > 0, "Xvfb has ended");
            number.push(char::from(byte[0]));
        }
        let name = format!(":{}", number.trim());
        Self {
            server,
            manager: None,
            name,
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// What all windows are in, by the number that X has for it.
    pub fn root(&self) -> u64 {
        let found = self.ask(&["search", "--maxdepth", "0", ""]);
        let number = found.lines().next().and_then(|line| line.parse().ok());
        number.expect("every display has one")
    }

    /// Waits for the largest window of a process, and for it to be in its place.
    pub fn window_of(&self, process: u32) -> Window {
        self.window_by(&["--pid", &process.to_string()])
    }

    /// The same for the largest window with this title.
    pub fn window_named(&self, title: &str) -> Window {
        self.window_by(&["--name", title])
    }

    fn window_by(&self, mark: &[&str]) -> Window {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self.ask(&[&["search", "--onlyvisible"], mark].concat());
            let windows = found
                .lines()
                .filter_map(|line| line.parse().ok())
                .map(Window);
            let area = |window: &Window| {
                self.size(*window)
                    .map_or(0, |(width, height)| width * height)
            };
            let largest = windows.max_by_key(area);
            if let Some(window) = largest.filter(|window| area(window) > 200_000) {
                return window;
            }
            assert!(Instant::now() < deadline, "no window came: {mark:?}");
            std::thread::yield_now();
        }
    }

    /// Width and height, while the window is there.
    pub fn size(&self, window: Window) -> Option<Place> {
        let geometry = self.ask(&["getwindowgeometry", "--shell", &window.0.to_string()]);
        let value = |name: &str| {
            let mut lines = geometry.lines();
            let line = lines.find_map(|line| line.strip_prefix(name))?;
            line.parse().ok()
        };
        Some((value("WIDTH=")?, value("HEIGHT=")?))
    }

    /// Gives it the keyboard, which a window manager does by itself.
    pub fn focus(&self, window: Window) {
        self.ask(&["windowfocus", "--sync", &window.0.to_string()]);
    }

    /// Points, and presses once the window has seen where the hand is, as people do.
    pub fn click(&self, window: Window, at: Place) {
        self.point(window, at);
        std::thread::sleep(FINGER);
        self.ask(&["mousedown", "1"]);
        std::thread::sleep(FINGER);
        self.ask(&["mouseup", "1"]);
    }

    /// Takes the files of a program into another window, and holds them there.
    pub fn carry(&self, files: &FileManager, window: Window, to: Place) {
        self.point(files.window, file_manager::FILES);
        self.ask(&["mousedown", "1"]);
        // Only what moves with the button held is carried.
        self.sway(files.window, file_manager::FILES);
        self.sway(window, to);
    }

    /// Takes back what is held.
    pub fn carry_back(&self, files: &FileManager) {
        self.sway(files.window, file_manager::FILES);
    }

    /// Moves to a place as hands do, not in one jump.
    fn sway(&self, window: Window, (x, y): Place) {
        for short in (0..10).rev() {
            self.point(window, (x + short, y));
            std::thread::sleep(FINGER / 4);
        }
    }

    /// Lets go of what is held.
    pub fn let_go(&self) {
        self.ask(&["mouseup", "1"]);
    }

    /// Draws a line with the button held.
    pub fn drag(&self, window: Window, from: Place, to: Place) {
        self.point(window, from);
        self.ask(&["mousedown", "1"]);
        for part in 1..=10 {
            let between = |from: i32, to: i32| from + (to - from) * part / 10;
            self.point(window, (between(from.0, to.0), between(from.1, to.1)));
            std::thread::sleep(FINGER / 4);
        }
        self.ask(&["mouseup", "1"]);
    }

    /// Presses keys, by the names that X has for them.
    pub fn press(&self, keys: &[&str]) {
        for key in keys {
            self.ask(&["key", key]);
        }
    }

    /// Waits until something is drawn and nothing moves any more: what is clicked while the window is still
    /// filling may be somewhere else by the time the finger is up.
    pub fn wait_until_still(&self, window: Window) {
        let deadline = Instant::now() + PATIENCE;
        let mut before = self.look(window);
        let mut alike = 0;
        while alike < 3 {
            assert!(Instant::now() < deadline, "the window stays blank or moves");
            std::thread::sleep(LOOKS);
            let now = self.look(window);
            let is_still = now == before && now.is_drawn();
            alike = if is_still { alike + 1 } else { 0 };
            before = now;
        }
    }

    /// What the window shows.
    pub fn look(&self, window: Window) -> Look {
        Look::read(&self.picture(window))
    }

    /// The window's picture, as a PNG.
    pub fn picture(&self, window: Window) -> Vec<u8> {
        let output = Command::new("import")
            .args(["-window", &window.0.to_string(), "png:-"])
            .env("DISPLAY", &self.name)
            .output()
            .expect("ImageMagick is there: run `cargo xtask test`");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words}");
        output.stdout
    }

    fn point(&self, window: Window, (x, y): Place) {
        let window = window.0.to_string();
        self.ask(&[
            "mousemove",
            "--window",
            &window,
            &x.to_string(),
            &y.to_string(),
        ]);
    }

    /// What xdotool says; nothing where it finds nothing.
    fn ask(&self, words: &[&str]) -> String {
        let output = Command::new("xdotool")
            .args(words)
            .env("DISPLAY", &self.name)
            .output()
            .expect("xdotool is there: run `cargo xtask test`");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        for process in self.manager.iter_mut().chain([&mut self.server]) {
            // It may have ended already.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
