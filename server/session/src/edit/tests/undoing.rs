//! Regions: what an edit changes, caught before it and put back after it.

use super::*;

/// Kinds that are performance or common property, and are not undone.
const KEPT: [&str; 12] = [
    "play",
    "stop",
    "relocate",
    "tempo",
    "loop",
    "take-lead",
    "take-free-lead",
    "release-lead",
    "launch",
    "launch-scene",
    "add-sample",
    "remove-sample",
];

/// P-UNDO-1
#[test]
fn putting_back_what_an_edit_changed_brings_back_the_document() {
    for (text, ..) in EVERY {
        let (before, edit) = (studio(), edit(text));
        let kind = kind(&written(&edit));
        let captured: Vec<_> = edit
            .regions(&before)
            .iter()
            .map(|region| region.capture(&before))
            .collect();
        if KEPT.contains(&kind.as_str()) {
            assert!(captured.is_empty(), "{text}");
            continue;
        }
        assert!(!captured.is_empty(), "{text}");
        let mut after = applied(before.clone(), &[text]);
        for restoring in captured.into_iter().flatten() {
            let moment = Moment {
                now: ServerTime::ZERO,
                notice: crate::units::Span::ZERO,
            };
            let restoring = restoring.resolved(&after, moment);
            after
                .apply(&restoring, AUTHOR)
                .unwrap_or_else(|conflict| panic!("{text} {restoring:?}: {conflict}"));
        }
        if kind == "harmony" {
            assert_eq!(after.harmony.latest(), before.harmony.latest());
        } else {
            assert_eq!(after, before, "{text}");
        }
    }
}
