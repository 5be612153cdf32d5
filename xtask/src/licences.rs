//! Licences: every package we build on, for this system and for the browser, must allow what we do with it.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;
use crate::workspace::Workspace;

/// Licences that ask for no more than to be named. The last two are of fonts inside a package.
const ACCEPTED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "OFL-1.1",
    "Ubuntu-font-1.0",
];

/// Licences taken for one package only. MPL-2.0 asks that changes to the package's own files be given
/// away; we change none.
const ACCEPTED_FOR_ONE: &[(&str, &str)] = &[
    ("symphonia", "MPL-2.0"),
    ("symphonia-bundle-flac", "MPL-2.0"),
    ("symphonia-bundle-mp3", "MPL-2.0"),
    ("symphonia-codec-pcm", "MPL-2.0"),
    ("symphonia-codec-vorbis", "MPL-2.0"),
    ("symphonia-common", "MPL-2.0"),
    ("symphonia-core", "MPL-2.0"),
    ("symphonia-format-ogg", "MPL-2.0"),
    ("symphonia-format-riff", "MPL-2.0"),
    ("symphonia-metadata", "MPL-2.0"),
    ("triple_buffer", "MPL-2.0"),
    ("webdriver", "MPL-2.0"),
];

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let mut refused = BTreeSet::new();
    for metadata in metadata(workspace)? {
        refused.extend(refused_packages(&metadata)?);
    }
    if !refused.is_empty() {
        let list: Vec<_> = refused.into_iter().collect();
        bail!(
            "these packages have no licence we accept:\n  {}",
            list.join("\n  ")
        );
    }
    Ok(())
}

/// What cargo knows of every package, for this system and for the browser.
pub(crate) fn metadata(workspace: &Workspace) -> Result<[Value; 2]> {
    let of = |target: &str| -> Result<Value> {
        let mut command = workspace.cargo();
        command.args([
            "metadata",
            "--format-version",
            "1",
            "--filter-platform",
            target,
        ]);
        Ok(serde_json::from_str(&shell::output(&mut command)?)?)
    };
    Ok([of(&host_target()?)?, of("wasm32-unknown-unknown")?])
}

/// The packages that are really used, for one target, and whose licence does not do.
fn refused_packages(metadata: &Value) -> Result<Vec<String>> {
    let packages = metadata["packages"]
        .as_array()
        .context("metadata lists packages")?;
    let nodes = metadata["resolve"]["nodes"]
        .as_array()
        .context("metadata resolves packages")?;
    let used: BTreeSet<_> = nodes
        .iter()
        .filter_map(|node| node["id"].as_str())
        .collect();
    let refused = packages
        .iter()
        .filter(|package| package["id"].as_str().is_some_and(|id| used.contains(id)));
    let refused = refused.filter_map(|package| {
        let licence = package["license"].as_str().unwrap_or("none");
        let name = package["name"]
            .as_str()
            .unwrap_or("a package without a name");
        let is_accepted = is_accepted(licence) || ACCEPTED_FOR_ONE.contains(&(name, licence));
        (!is_accepted).then(|| format!("{name}: {licence}"))
    });
    Ok(refused.collect())
}

fn host_target() -> Result<String> {
    let version = shell::output(std::process::Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(String::from).context("rustc names its host")
}

/// Whether an expression such as `(MIT OR Apache-2.0) AND ISC` can be met with accepted licences alone.
fn is_accepted(expression: &str) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    any_of(&mut words) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any_of(words: &mut Words<'_>) -> bool {
    let mut accepted = all_of(words);
    while words.next_if_eq(&"OR").is_some() {
        accepted |= all_of(words);
    }
    accepted
}

fn all_of(words: &mut Words<'_>) -> bool {
    let mut accepted = single(words);
    while words.next_if_eq(&"AND").is_some() {
        accepted &= single(words);
    }
    accepted
}

fn single(words: &mut Words<'_>) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let accepted = any_of(words);
        return words.next_if_eq(&")").is_some() && accepted;
    }
    let accepted = words
        .next()
        .is_some_and(|licence| ACCEPTED.contains(&licence));
    // An exception only ever gives more permission.
    if words.next_if_eq(&"WITH").is_some() {
        words.next().is_some() && accepted
    } else {
        accepted
    }
}

#[cfg(test)]
mod tests {
    use super::is_accepted;

    #[test]
    fn a_choice_needs_one_accepted_licence_and_a_sum_needs_all() {
        assert!(is_accepted("MIT"));
        assert!(is_accepted("GPL-3.0-only OR MIT"));
        assert!(is_accepted("MIT/Apache-2.0"));
        assert!(is_accepted("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(is_accepted(
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT"
        ));
        assert!(!is_accepted("MIT AND GPL-3.0-only"));
        assert!(!is_accepted("(MIT OR Apache-2.0) AND GPL-2.0-only"));
        assert!(!is_accepted("MPL-2.0"));
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        assert!(!is_accepted(""));
        assert!(!is_accepted("none"));
        assert!(!is_accepted("MIT Apache-2.0"));
        assert!(!is_accepted("(MIT"));
    }
}
