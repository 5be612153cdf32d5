//! Whether a page grows while it plays on and on and somebody else edits.

use crate::Playing;
use lockstep_tests::browser::Browser;
use lockstep_tests::report::Report;
use std::time::Duration;

/// Until everything has been used once.
const WARMS_UP: Duration = Duration::from_secs(60);
const LASTS: Duration = Duration::from_secs(600);
/// Keeps hold of the memory of what was compiled, which the browser does not count as the page's.
const NOTICES: &str = "
    window.memories = [];
    for (const name of ['instantiate', 'instantiateStreaming']) {
        const real = WebAssembly[name];
        WebAssembly[name] = async (...given) => {
            const made = await real.apply(WebAssembly, given);
            const memory = (made.instance ?? made).exports?.memory;
            if (memory) window.memories.push(memory);
            return made;
        };
    }";

pub(crate) fn run(report: &mut Report) {
    let playing = Playing::begin(&[NOTICES]);
    playing.while_edited(WARMS_UP, |_| ());
    let before = size(&playing.page);
    playing.while_edited(LASTS, |_| ());
    let after = size(&playing.page);
    report.row("memory of the page after a minute", before, "kB", "");
    report.figure(
        "heap_growth_kb",
        "more of it ten minutes later",
        after - before,
        "kB",
        500.0,
    );
}

/// What the page holds, in kilobytes.
fn size(page: &Browser) -> f64 {
    page.tidy_up();
    page.tidy_up();
    let compiled =
        page.evaluate("return memories.reduce((sum, one) => sum + one.buffer.byteLength, 0)");
    let compiled = compiled.as_f64().expect("bytes");
    assert!(compiled > 0.0, "the page is compiled");
    (page.costs()["JSHeapUsedSize"] + compiled) / 1e3
}
