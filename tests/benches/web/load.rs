//! What comes over the wire before the page can do all it can, and how soon a step can be pressed: in
//! a browser that was never there, as it is and on a slow machine at the end of a narrow line.

use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::report::{Report, at};
use lockstep_tests::server::Server;

const LOADS: usize = 7;
const SLOW_LOADS: usize = 3;
/// How many times slower a slow machine computes.
const SLOWER: u32 = 4;
/// 1.6 megabits a second.
const NARROW: u32 = 200_000;

/// Notes when the first picture with steps in it has been handed over to be shown.
const NOTICES: &str = "
    const watcher = new MutationObserver(() => {
        if (!document.querySelector('.step')) return;
        watcher.disconnect();
        requestAnimationFrame(() => {
            const after = new MessageChannel();
            after.port1.onmessage = () => { window.usableAt = performance.now(); };
            after.port2.postMessage(0);
        });
    });
    watcher.observe(document, { childList: true, subtree: true });";

/// Where everything came from. How large it was on its way the page does not know of what its service
/// worker brought.
const FETCHED: &str = "
    const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    return all.map((one) => new URL(one.name).pathname)";

pub(crate) fn run(report: &mut Report) {
    let server = Server::start_for_a_crowd(&[]);
    let session = server.new_session();
    let url = server.url(&format!("/s/{session}"));
    let mut weights = Vec::new();
    let mut load = |condition: &dyn Fn(&Browser)| {
        let page = Browser::open("about:blank", Screen::Desk);
        page.prepare(NOTICES);
        condition(&page);
        page.visit(&url);
        page.wait_until("steps are there", |page| {
            page.evaluate("return window.usableAt !== undefined") == true
        });
        let usable = page.evaluate("return window.usableAt").as_f64();
        // Its sound comes with the first touch.
        page.click(".status");
        page.wait_until("the page's sound is on", |page| {
            page.text(".status .sound") == "Sound on"
        });
        let fetched = page.evaluate(FETCHED);
        let fetched = fetched.as_array().expect("a list").iter();
        let sizes = fetched.map(|path| {
            let path = path.as_str().expect("a path");
            let answer = server.get(path, &[("accept-encoding", "br")]);
            answer.body.len()
        });
        weights.push(sizes.sum::<usize>() as f64 / 1e3);
        usable.expect("a time")
    };
    let mut plain: Vec<f64> = (0..LOADS).map(|_| load(&|_| ())).collect();
    let is_slow = |page: &Browser| {
        page.slow_down(SLOWER);
        page.narrow(NARROW);
    };
    let mut slow: Vec<f64> = (0..SLOW_LOADS).map(|_| load(&is_slow)).collect();
    let weight = at(&mut weights, 1.0);
    report.figure("load_kb", "first load, all told", weight, "kB", 450.0);
    let usable = at(&mut plain, 0.5);
    report.figure("tti_ms", "until a step can be pressed", usable, "ms", 500.0);
    report.figure(
        "tti_slow_ms",
        "the same, 4 times slower, at 1.6 Mb/s",
        at(&mut slow, 0.5),
        "ms",
        2_500.0,
    );
}
