//! Files of the page whose names say what is in them, so that a browser keeps them for ever. What
//! names them is the page's first file alone.

use std::path::Path;

use anyhow::{Context, Result};
use flate2::Crc;

use crate::shell;

const FIRST: &str = "index.html";

/// Renames these files of a folder, and has the page's first file say the new names.
pub(super) fn by_contents(folder: &Path, names: &[&str]) -> Result<()> {
    let first = folder.join(FIRST);
    let mut page = std::fs::read_to_string(&first).context("the page has a first file")?;
    for name in names {
        let path = folder.join(name);
        let contents = std::fs::read(&path).with_context(|| format!("reading {name}"))?;
        let (stem, kind) = name.split_once('.').context("a file has a kind")?;
        let mut sum = Crc::new();
        sum.update(&contents);
        let renamed = format!("{stem}-{:08x}.{kind}", sum.sum());
        std::fs::rename(&path, folder.join(&renamed))
            .with_context(|| format!("renaming {name}"))?;
        page = page.replace(&format!("/app/{name}\""), &format!("/app/{renamed}\""));
    }
    shell::write(&first, page.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::by_contents;
    use crate::shell;

    #[test]
    fn a_file_of_other_contents_has_another_name_and_the_page_knows_it() {
        let folder = std::env::temp_dir().join(format!("lockstep-names-{}", std::process::id()));
        let page_with = |contents: &str| {
            shell::remove(&folder).unwrap();
            shell::write(
                &folder.join("index.html"),
                br#"<i a="/app/a.js" b="/app/b.js">"#,
            )
            .unwrap();
            shell::write(&folder.join("a.js"), contents.as_bytes()).unwrap();
            shell::write(&folder.join("b.js"), b"b").unwrap();
            by_contents(&folder, &["a.js"]).unwrap();
            std::fs::read_to_string(folder.join("index.html")).unwrap()
        };
        let (one, other) = (page_with("one"), page_with("other"));
        assert_ne!(one, other);
        assert_eq!(one, page_with("one"));
        assert!(one.contains(r#"b="/app/b.js""#));
        let name = one
            .split("/app/")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        assert_eq!(std::fs::read(folder.join(name)).unwrap(), b"one");
        shell::remove(&folder).unwrap();
    }
}
