//! What a full session costs a page that plays it while somebody else edits.

use crate::Playing;
use lockstep_tests::browser::Browser;
use lockstep_tests::report::Report;
use std::collections::BTreeMap;
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
    let alone = each_second(&playing.page, || std::thread::sleep(LASTS));
    report.row(
        "scripting, a full session that nobody edits",
        alone["ScriptDuration"] * 1e3,
        "ms/s",
        "",
    );
    let edited = each_second(&playing.page, || playing.while_edited(LASTS, |_| ()));
    report.figure(
        "script_ms_per_s",
        "the same with 20 edits a second",
        edited["ScriptDuration"] * 1e3,
        "ms/s",
        25.0,
    );
    for (what, name) in [
        ("all of the main thread", "TaskDuration"),
        ("styles", "RecalcStyleDuration"),
        ("layout", "LayoutDuration"),
    ] {
        report.row(what, edited[name] * 1e3, "ms/s", "");
    }
    playing.page.evaluate(COUNTS);
    playing.while_edited(Duration::from_secs(5), |_| ());
    let pictures = playing
        .page
        .evaluate("return pictures / (performance.now() - countedFrom) * 1e3");
    let pictures = pictures.as_f64().expect("a number");
    report.row("pictures", pictures, "/s", "60 where the display allows");
    // More than one for each picture would be thrash.
    let note = "at most one for each picture";
    report.row("layouts", edited["LayoutCount"], "/s", note);
}

/// What a page costs in each second while something lasts.
fn each_second(page: &Browser, meanwhile: impl FnOnce()) -> BTreeMap<String, f64> {
    let before = page.costs();
    meanwhile();
    let after = page.costs();
    let passed = after["Timestamp"] - before["Timestamp"];
    let costs = after.iter();
    costs
        .map(|(name, cost)| (name.clone(), (cost - before[name]) / passed))
        .collect()
}
