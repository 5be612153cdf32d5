//! What a full session costs a page that plays it while somebody else edits.

use crate::Playing;
use lockstep_tests::report::Report;
use std::time::Duration;

const LASTS: Duration = Duration::from_secs(30);
/// Counts pictures, and for how long.
const COUNTS: &str = "
    window.pictures = 0;
    window.countedFrom = performance.now();
    const count = () => { window.pictures += 1; requestAnimationFrame(count); };
    requestAnimationFrame(count);";

pub(crate) fn run(report: &mut Report) {
    let playing = Playing::begin(&[]);
    playing.while_edited(Duration::from_secs(3), |_| ());
    let before = playing.page.costs();
    playing.while_edited(LASTS, |_| ());
    let after = playing.page.costs();
    let passed = after["Timestamp"] - before["Timestamp"];
    let each_second = |name: &str| (after[name] - before[name]) / passed;
    report.figure(
        "script_ms_per_s",
        "scripting, a full session and 20 edits a second",
        each_second("ScriptDuration") * 1e3,
        "ms/s",
        25.0,
    );
    for (what, name) in [
        ("all of the main thread", "TaskDuration"),
        ("styles", "RecalcStyleDuration"),
        ("layout", "LayoutDuration"),
    ] {
        report.row(what, each_second(name) * 1e3, "ms/s", "");
    }
    let layouts = each_second("LayoutCount");
    playing.page.evaluate(COUNTS);
    playing.while_edited(Duration::from_secs(5), |_| ());
    let pictures = playing
        .page
        .evaluate("return pictures / (performance.now() - countedFrom) * 1e3");
    let pictures = pictures.as_f64().expect("a number");
    report.row("pictures", pictures, "/s", "60 where the display allows");
    // More than one for each picture would be thrash.
    report.row("layouts", layouts, "/s", "at most one for each picture");
}
