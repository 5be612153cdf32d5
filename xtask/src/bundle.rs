//! `bundle`: the plugin as a CLAP and as a VST3, laid out as each platform's hosts expect it, and as a
//! program of its own.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::arguments::Arguments;
use crate::workspace::Workspace;
use crate::{setup, shell, standalone, web};

const NAME: &str = "Lockstep";
const IDENTIFIER: &str = "org.lockstep.plugin";

/// How what is installed is built, and where cargo leaves it.
pub(crate) const PROFILE: &str = "bundle";

/// Which build of the plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    Release,
    /// For tests: assertions on, and the process aborts when the audio callback allocates.
    Checked,
}

impl Build {
    /// Where the bundles of this build are, for hosts and tests to load.
    pub(crate) fn folder(self, workspace: &Workspace) -> PathBuf {
        workspace.target().join(match self {
            Self::Release => "bundled",
            Self::Checked => "bundled-dev",
        })
    }

    fn library(self, workspace: &Workspace) -> PathBuf {
        let profile = match self {
            Self::Release => PROFILE,
            Self::Checked => "debug",
        };
        let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        workspace
            .target()
            .join(profile)
            .join(format!("{prefix}lockstep_plugin{suffix}"))
    }
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Clap,
    Vst3,
}

impl Format {
    const ALL: [Self; 2] = [Self::Clap, Self::Vst3];

    fn extension(self) -> &'static str {
        match self {
            Self::Clap => "clap",
            Self::Vst3 => "vst3",
        }
    }

    fn file(self) -> String {
        format!("{NAME}.{}", self.extension())
    }

    /// Where the shared library goes inside the bundle; a bare CLAP is the library itself.
    fn library_inside(self) -> Result<PathBuf> {
        let file = self.file();
        let inside = match (self, std::env::consts::OS) {
            (_, "macos") => format!("{file}/Contents/MacOS/{NAME}"),
            (Self::Clap, _) => file,
            (Self::Vst3, "windows") => {
                format!("{file}/Contents/{}-win/{NAME}.vst3", std::env::consts::ARCH)
            }
            (Self::Vst3, "linux") => {
                format!("{file}/Contents/{}-linux/{NAME}.so", std::env::consts::ARCH)
            }
            (Self::Vst3, system) => bail!("the layout of a VST3 on {system} is not known here"),
        };
        Ok(PathBuf::from(inside))
    }

    /// Where hosts look for the plugins of one user.
    fn install_folder(self) -> Result<PathBuf> {
        let from = |variable: &str, inside: &str| {
            let base =
                std::env::var_os(variable).with_context(|| format!("{variable} is not set"))?;
            Ok(Path::new(&base).join(inside))
        };
        match (self, std::env::consts::OS) {
            (Self::Clap, "macos") => from("HOME", "Library/Audio/Plug-Ins/CLAP"),
            (Self::Vst3, "macos") => from("HOME", "Library/Audio/Plug-Ins/VST3"),
            (Self::Clap, "windows") => from("LOCALAPPDATA", "Programs/Common/CLAP"),
            (Self::Vst3, "windows") => from("LOCALAPPDATA", "Programs/Common/VST3"),
            (Self::Clap, _) => from("HOME", ".clap"),
            (Self::Vst3, _) => from("HOME", ".vst3"),
        }
    }
}

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<()> {
    let build = if arguments.flag("--dev") {
        Build::Checked
    } else {
        Build::Release
    };
    let is_to_be_installed = arguments.flag("--install");
    arguments.finish()?;
    if build == Build::Release {
        // The plugin can run the session server, which hands out the page.
        setup::for_page()?;
        web::make(workspace)?;
    }
    make(workspace, build)?;
    if is_to_be_installed {
        install(workspace, build)?;
    }
    if build == Build::Release {
        standalone::make(workspace)?;
    }
    Ok(())
}

/// What every cargo call of the tests selects, the same each time: another selection would compile
/// what we lean on again, with other features.
pub(crate) const CHECKED: &[&str] = &["--features", "lockstep-plugin/assert-process-allocs"];

/// Builds the plugin and lays out its bundles.
pub(crate) fn make(workspace: &Workspace, build: Build) -> Result<()> {
    let mut cargo = workspace.cargo();
    match build {
        Build::Release => {
            shell::announce("Building the plugin");
            cargo.args([
                "build",
                "--package",
                "lockstep-plugin",
                "--lib",
                "--profile",
                PROFILE,
            ]);
        }
        Build::Checked => {
            shell::announce("Building the plugin and the server as their tests want them");
            cargo.arg("build").args(CHECKED);
        }
    }
    shell::run(&mut cargo)?;
    for format in Format::ALL {
        let bundle = assemble(format, &build.library(workspace), &build.folder(workspace))?;
        eprintln!("{}", bundle.display());
    }
    Ok(())
}

/// Copies the bundles to where this user's hosts look for them.
pub(crate) fn install(workspace: &Workspace, build: Build) -> Result<()> {
    shell::announce("Installing the plugin");
    for format in Format::ALL {
        let installed = format.install_folder()?.join(format.file());
        shell::remove(&installed)?;
        shell::copy_tree(&build.folder(workspace).join(format.file()), &installed)?;
        eprintln!("{}", installed.display());
    }
    Ok(())
}

fn assemble(format: Format, library: &Path, folder: &Path) -> Result<PathBuf> {
    let bundle = folder.join(format.file());
    shell::remove(&bundle)?;
    shell::copy(library, &folder.join(format.library_inside()?))?;
    if cfg!(target_os = "macos") {
        shell::write(
            &bundle.join("Contents/Info.plist"),
            property_list(format).as_bytes(),
        )?;
        shell::write(&bundle.join("Contents/PkgInfo"), b"BNDL????")?;
        // A changed bundle needs a new signature, and hosts accept one that names nobody.
        shell::run(
            std::process::Command::new("codesign")
                .args(["--force", "--sign", "-"])
                .arg(&bundle),
        )?;
    }
    Ok(bundle)
}

/// What macOS reads about a bundle before it loads it.
fn property_list(format: Format) -> String {
    let entries = [
        ("CFBundleExecutable", NAME),
        (
            "CFBundleIdentifier",
            &format!("{IDENTIFIER}.{}", format.extension()),
        ),
        ("CFBundleName", NAME),
        ("CFBundlePackageType", "BNDL"),
        ("CFBundleSignature", "????"),
        ("CFBundleShortVersionString", env!("CARGO_PKG_VERSION")),
        ("CFBundleVersion", env!("CARGO_PKG_VERSION")),
    ];
    let entry = |(key, value)| format!("  <key>{key}</key><string>{value}</string>\n");
    let entries: String = entries.into_iter().map(entry).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">\n<dict>\n{entries}</dict>\n</plist>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::{Format, assemble};

    #[test]
    fn a_bundle_replaces_the_one_before_it() {
        let folder = std::env::temp_dir().join(format!("lockstep-bundle-{}", std::process::id()));
        let library = folder.join("library");
        for contents in ["first", "second"] {
            crate::shell::write(&library, contents.as_bytes()).unwrap();
            for format in Format::ALL {
                let bundle = assemble(format, &library, &folder).unwrap();
                assert!(bundle.ends_with(format.file()));
                let inside = folder.join(format.library_inside().unwrap());
                assert_eq!(std::fs::read_to_string(inside).unwrap(), contents);
            }
        }
        crate::shell::remove(&folder).unwrap();
    }
}
