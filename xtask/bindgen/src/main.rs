//! Turns the compiled page into a browser's module and its glue: `bindgen INPUT.wasm OUTPUT-FOLDER NAME`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, name] = arguments.as_slice() else {
        bail!("usage: bindgen INPUT.wasm OUTPUT-FOLDER NAME");
    };
    Bindgen::new()
        .input_path(PathBuf::from(input))
        .web(true)?
        .out_name(name)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(output)
        .with_context(|| format!("binding {input}"))
}
