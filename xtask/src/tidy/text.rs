//! Rules about what stands in files: length, headers, leftovers, and maths that differs between machines.

use super::Files;

const LONGEST_SOURCE: usize = 500;
const LONGEST_ARCHITECTURE: usize = 200;
const SOURCES: &[&str] = &["rs", "js", "css", "html"];

/// Put together here, or this file would break its own rule.
const LEFTOVERS: &[(&str, &str)] = &[
    (concat!("#[", "allow("), "expect the lint, with a reason"),
    (concat!("#![", "allow("), "expect the lint, with a reason"),
    (concat!("#[", "ignore"), "a test runs or is gone"),
    (concat!("TO", "DO"), "do it or file it"),
    (concat!("FIX", "ME"), "do it or file it"),
    (concat!("to", "do!("), "do it or file it"),
];

/// Float functions whose last bits depend on the platform. Those that are exact everywhere, such as
/// `floor` or `sqrt`, are not among them.
const INEXACT: &[&str] = &[
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "exp",
    "exp2", "exp_m1", "hypot", "ln", "ln_1p", "log", "log10", "log2", "powf", "powi", "sin",
    "sin_cos", "sinh", "tan", "tanh",
];

pub(super) fn length(files: &Files) -> Vec<String> {
    let limits = files.files.iter().filter_map(|file| {
        let extension = file.path.rsplit('.').next()?;
        if file.path == "ARCHITECTURE.md" {
            Some((file, LONGEST_ARCHITECTURE))
        } else {
            SOURCES
                .contains(&extension)
                .then_some((file, LONGEST_SOURCE))
        }
    });
    let long = limits.filter(|(file, limit)| file.text.lines().count() > *limit);
    long.map(|(file, limit)| format!("{}: longer than {limit} lines", file.path))
        .collect()
}

pub(super) fn header(files: &Files) -> Vec<String> {
    let bare = files.rust().filter(|file| !file.text.starts_with("//! "));
    bare.map(|file| file.complaint(0, "start with `//!` and say what this is"))
        .collect()
}

pub(super) fn leftovers(files: &Files) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files.rust() {
        for (number, line) in file.text.lines().enumerate() {
            let found = LEFTOVERS.iter().filter(|(mark, _)| line.contains(mark));
            complaints.extend(
                found.map(|(mark, advice)| {
                    file.complaint(number, &format!("{mark} here: {advice}"))
                }),
            );
        }
    }
    complaints
}

pub(super) fn engine_maths(files: &Files) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files
        .rust()
        .filter(|file| file.path.starts_with("plugin/engine/src/"))
    {
        for (number, line) in file.text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or(line);
            let called = INEXACT.iter().filter(|name| calls_float(code, name));
            complaints.extend(
                called.map(|name| file.complaint(number, &format!("{name} of libm, not of std"))),
            );
        }
    }
    complaints
}

/// Whether a line calls the float method of that name, in either way of writing it.
fn calls_float(code: &str, name: &str) -> bool {
    ["f32::", "f64::", "."].iter().any(|before| {
        let call = format!("{before}{name}");
        code.match_indices(&call).any(|(at, _)| {
            let after = code[at + call.len()..].chars().next();
            !after.is_some_and(|next| next.is_alphanumeric() || next == '_')
                && (*before != "." || after == Some('('))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{LEFTOVERS, engine_maths, header, leftovers, length};
    use crate::tidy::Files;

    #[test]
    fn a_file_may_have_five_hundred_lines_and_not_one_more() {
        let (fits, exceeds) = ("x\n".repeat(500), "x\n".repeat(501));
        let files = [
            ("server/a.rs", &*fits),
            ("server/b.rs", &*exceeds),
            ("server/c.json", &*exceeds),
        ];
        assert_eq!(
            length(&Files::made_of(&files)),
            ["server/b.rs: longer than 500 lines"]
        );
        assert_eq!(
            length(&Files::made_of(&[("ARCHITECTURE.md", &*fits)])).len(),
            1
        );
    }

    #[test]
    fn a_rust_file_opens_with_what_it_is() {
        let files = [
            ("a.rs", "//! A thing.\n"),
            ("b.rs", "use std::fs;\n"),
            ("c.css", ""),
        ];
        assert_eq!(header(&Files::made_of(&files)).len(), 1);
    }

    #[test]
    fn every_kind_of_leftover_is_found() {
        for (mark, _) in LEFTOVERS {
            let text = format!("//! A thing.\n  {mark}");
            let complaints = leftovers(&Files::made_of(&[("a.rs", &text)]));
            assert!(
                complaints
                    .iter()
                    .any(|complaint| complaint.starts_with("a.rs:2: ")),
                "{mark}"
            );
        }
    }

    #[test]
    fn the_engine_may_not_call_the_float_maths_of_std() {
        let path = "plugin/engine/src/voice.rs";
        let bad = [
            "x.sin()",
            "gain.powf(2.0)",
            "f32::exp(x)",
            "values.map(f64::ln)",
        ];
        for code in bad {
            assert_eq!(
                engine_maths(&Files::made_of(&[(path, code)])).len(),
                1,
                "{code}"
            );
        }
        let good = [
            "libm::sinf(x)",
            "x.floor()",
            "x.single()",
            "self.log.push(1)",
            "// x.sin()",
            "f32::expire(x)",
        ];
        for code in good {
            assert!(
                engine_maths(&Files::made_of(&[(path, code)])).is_empty(),
                "{code}"
            );
        }
        assert!(engine_maths(&Files::made_of(&[("tests/src/wave.rs", "x.sin()")])).is_empty());
    }
}
