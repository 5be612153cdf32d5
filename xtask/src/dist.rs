//! `dist`: what is given to people: versioned archives of the plugin and of the server, with notes on
//! installing them and everybody's licences, and the checksums of both.

mod archive;
mod notices;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::arguments::Arguments;
use crate::bundle::{self, Build};
use crate::workspace::Workspace;
use crate::{server, setup, shell, standalone, web};
use archive::Kind;

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// What runs the program as it is; the others build it.
const BESIDE_THE_SERVER: [&str; 3] = ["Caddyfile", "lockstep.service", "nginx.conf"];
/// As the tool of that name prints and checks them.
const CHECKSUMS: &str = "SHA256SUMS";

pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    setup::for_page()?;
    web::make(workspace)?;
    bundle::make(workspace, Build::Release)?;
    standalone::make(workspace)?;
    let server = server::make(workspace, "release")?;

    shell::announce("Packing");
    let place = workspace.target().join("dist");
    shell::remove(&place)?;
    let notices = notices::of(workspace)?;
    let mut of_the_server = vec![server];
    let deploy = workspace.root().join("assets/deploy");
    of_the_server.extend(BESIDE_THE_SERVER.map(|file| deploy.join(file)));
    let parcels = [
        ("plugin", vec![Build::Release.folder(workspace)]),
        ("server", of_the_server),
    ];
    let mut archives = Vec::new();
    for (what, contents) in parcels {
        let name = format!(
            "lockstep-{what}-{VERSION}-{}-{}",
            std::env::consts::OS,
            std::env::consts::ARCH
        );
        let folder = place.join(&name);
        for from in contents {
            lay_out(&from, &folder)?;
        }
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            shell::copy(&workspace.root().join(licence), &folder.join(licence))?;
        }
        shell::write(&folder.join("THIRD-PARTY.txt"), notices.as_bytes())?;
        let notes = workspace.root().join(format!("assets/install/{what}.txt"));
        shell::copy(&notes, &folder.join("INSTALL.txt"))?;
        archives.push(archive::pack(&folder, Kind::of_this_system())?);
        shell::remove(&folder)?;
    }
    shell::write(&place.join(CHECKSUMS), checksums(&archives)?.as_bytes())?;
    for path in &archives {
        println!("{} ({} bytes)", path.display(), shell::size(path)?);
    }
    println!("{}", place.join(CHECKSUMS).display());
    Ok(())
}

/// Puts a file, or what a folder holds, into the folder of an archive.
fn lay_out(from: &Path, folder: &Path) -> Result<()> {
    if from.is_dir() {
        return shell::copy_tree(from, folder);
    }
    let name = from.file_name().context("a file has a name")?;
    shell::copy(from, &folder.join(name))
}

/// One line for each file, as `sha256sum --check` reads them.
fn checksums(files: &[PathBuf]) -> Result<String> {
    let mut lines = String::new();
    for path in files {
        let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        let name = path.file_name().context("a file has a name")?;
        for byte in Sha256::digest(&bytes) {
            lines += &format!("{byte:02x}");
        }
        lines += &format!("  {}\n", name.to_string_lossy());
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::checksums;
    use crate::shell;

    #[test]
    fn a_checksum_is_written_as_its_tool_reads_it() {
        let file = std::env::temp_dir().join(format!("lockstep-sum-{}", std::process::id()));
        shell::write(&file, b"abc").unwrap();
        let line = checksums(std::slice::from_ref(&file)).unwrap();
        let name = file.file_name().unwrap().to_string_lossy();
        // The example of the standard that describes it.
        let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(line, format!("{sum}  {name}\n"));
        shell::remove(&file).unwrap();
    }
}
