//! Turns the compiled page into a browser's module and its glue: `bindgen INPUT.wasm OUTPUT-FOLDER NAME`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use wasm_bindgen_cli_support::Bindgen;

/// What a library has to say to streams that the page does not open.
const UNCALLED: &str = "intounderlying";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, name] = arguments.as_slice() else {
        bail!("usage: bindgen INPUT.wasm OUTPUT-FOLDER NAME");
    };
    let mut bound = Bindgen::new()
        .input_path(PathBuf::from(input))
        .web(true)?
        .out_name(name)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()
        .with_context(|| format!("binding {input}"))?;
    let module = bound.wasm_mut();
    let uncalled = module
        .exports
        .iter()
        .filter(|export| export.name.contains(UNCALLED));
    for export in uncalled.map(walrus::Export::id).collect::<Vec<_>>() {
        module.exports.delete(export);
    }
    walrus::passes::gc::run(module);
    let mut taken = HashSet::new();
    let mut shortened = Vec::new();
    for import in module.imports.iter_mut() {
        let short = shorten(&import.name, &mut taken);
        let long = std::mem::replace(&mut import.name, short.clone());
        shortened.push((long, short));
    }
    bound.emit(output)?;
    let glue = Path::new(output).join(format!("{name}.js"));
    let mut text = lean(&std::fs::read_to_string(&glue)?);
    for (long, short) in shortened {
        text = text.replace(&long, &short);
    }
    std::fs::write(&glue, text)?;
    Ok(())
}

/// The glue without classes that nobody makes, and without what only people read.
fn lean(glue: &str) -> String {
    let mut lean = String::new();
    let mut lines = glue.lines();
    while let Some(line) = lines.next() {
        let words = line.trim_start();
        let is_last: fn(&str) -> bool = if words.starts_with("/**") {
            |line| line.ends_with("*/")
        } else if words.starts_with("export class IntoUnderlying") {
            |line| line == "}"
        } else if words.starts_with("const IntoUnderlying") {
            |line| line.ends_with(';')
        } else if words.starts_with("//") || words.contains("IntoUnderlying") {
            |_| true
        } else {
            lean.push_str(words);
            lean.push('\n');
            continue;
        };
        if !is_last(line) {
            lines.find(|line| is_last(line));
        }
    }
    lean
}

/// A name without the sixteen random digits at its end, which nothing compresses: module and glue say
/// some hundred of them.
fn shorten(name: &str, taken: &mut HashSet<String>) -> String {
    let word = match name.rsplit_once('_') {
        Some((word, hash)) if hash.len() == 16 => word,
        _ => name,
    };
    let mut short = word.to_owned();
    while !taken.insert(short.clone()) {
        short.push('_');
    }
    short
}
