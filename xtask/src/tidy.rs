//! The rules of the code base that no compiler knows: what may lie where, how long, under which name.

mod architecture;
mod names;
mod text;

use anyhow::{Context, Result, bail};

use crate::shell;
use crate::workspace::Workspace;

/// What a rule looks at: the files of the checkout, by their paths from its root.
#[derive(Debug)]
pub(crate) struct Files {
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    path: String,
    text: String,
}

impl File {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Its complaint at one line, counted from zero here and from one for people.
    fn complaint(&self, line: usize, what: &str) -> String {
        format!("{}:{}: {what}", self.path, line + 1)
    }
}

/// A rule gives one line for each place that breaks it.
pub(crate) type Rule = fn(&Files) -> Vec<String>;

pub(crate) const RULES: &[(&str, Rule)] = &[
    ("the_root_holds_only_what_belongs_there", names::root),
    (
        "no_file_or_folder_has_a_name_that_says_nothing",
        names::meaning,
    ),
    ("no_file_is_too_long", text::length),
    ("every_rust_file_says_what_it_is", text::header),
    ("nothing_is_silenced_or_left_to_do", text::leftovers),
    (
        "the_engine_computes_the_same_bits_everywhere",
        text::engine_maths,
    ),
    ("every_dependency_is_explained", architecture::dependencies),
];

/// Applies one rule to the checkout.
pub(crate) fn check(workspace: &Workspace, rule: Rule) -> Result<()> {
    let complaints = rule(&Files::of(workspace)?);
    if !complaints.is_empty() {
        bail!("{}", complaints.join("\n"));
    }
    Ok(())
}

impl Files {
    /// Everything git has or would add; a file that is not text has no text here.
    fn of(workspace: &Workspace) -> Result<Self> {
        let mut git = std::process::Command::new("git");
        git.current_dir(workspace.root());
        git.args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]);
        let list = shell::output(&mut git).context("listing the files of the checkout")?;
        let paths = list
            .split('\0')
            .filter(|path| workspace.root().join(path).is_file());
        let files = paths.map(|path| {
            let contents = std::fs::read(workspace.root().join(path))?;
            Ok(File {
                path: path.to_string(),
                text: String::from_utf8(contents).unwrap_or_default(),
            })
        });
        Ok(Self {
            files: files.collect::<Result<_>>()?,
        })
    }

    fn find(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.is_rust())
    }

    #[cfg(test)]
    fn made_of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_string(),
            text: (*text).to_string(),
        };
        Self {
            files: files.iter().map(file).collect(),
        }
    }
}
