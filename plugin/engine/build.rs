//! Makes the presets of `assets/presets` part of the engine, and refuses to build what is wrong in
//! them. It must not know how a preset sounds.

use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const FOLDER: &str = "../../assets/presets";
const CATEGORIES: [&str; 9] = [
    "drums", "kits", "bass", "keys", "leads", "pads", "plucks", "mallets", "fx",
];
const MOST_MACROS: usize = 8;
const MOST_TARGETS: usize = 6;
const MOST_PIECES: usize = 16;

type Checked<T> = Result<T, String>;

fn main() {
    println!("cargo::rerun-if-changed={FOLDER}");
    println!("cargo::rerun-if-changed=build.rs");
    match presets() {
        Ok(code) => {
            let folder = std::env::var_os("OUT_DIR").expect("cargo names a folder");
            std::fs::write(Path::new(&folder).join("presets.rs"), code)
                .expect("the folder can be written");
        }
        Err(wrong) => println!("cargo::error={wrong}"),
    }
}

fn presets() -> Checked<String> {
    let mut all = Vec::new();
    for file in files()? {
        let name = file.display();
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{name}: {error}"))?;
        let value: Value =
            serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
        let list = value.as_array().ok_or(format!("{name}: not a list"))?;
        all.extend(list.iter().cloned());
    }
    let mut names = BTreeSet::new();
    for preset in &all {
        let name = text(preset, "name").map_err(|wrong| format!("{preset}: {wrong}"))?;
        if !names.insert(name.to_owned()) {
            return Err(format!("two presets are named {name}"));
        }
    }
    all.sort_by_key(|preset| {
        let category = preset["category"].as_str().map(str::to_owned);
        CATEGORIES
            .iter()
            .position(|known| Some(*known) == category.as_deref())
    });
    let mut code = "&[\n".to_owned();
    for preset in &all {
        let written = written(preset, &names);
        code += &written.map_err(|wrong| format!("preset {}: {wrong}", preset["name"]))?;
    }
    code += "]";
    Ok(code)
}

fn files() -> Checked<Vec<PathBuf>> {
    let folder = std::fs::read_dir(FOLDER).map_err(|error| format!("{FOLDER}: {error}"))?;
    let paths = folder.flatten().map(|entry| entry.path());
    let mut files: Vec<_> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    Ok(files)
}

fn written(preset: &Value, names: &BTreeSet<String>) -> Checked<String> {
    let fields = [
        "name",
        "title",
        "category",
        "machine",
        "trim",
        "parameters",
        "macros",
        "pieces",
    ];
    only(preset, &fields)?;
    let name = text(preset, "name")?;
    let is_kebab = name
        .chars()
        .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
    if !is_kebab || name.is_empty() || name.len() > 32 {
        return Err("its name is not short and kebab-case".to_owned());
    }
    let category = text(preset, "category")?;
    if !CATEGORIES.contains(&category) {
        return Err(format!("there is no category {category}"));
    }
    let title = text(preset, "title")?;
    if title.is_empty() || title.len() > 32 {
        return Err("its title is not short".to_owned());
    }
    let mut code = String::new();
    let machine = machine(text(preset, "machine")?);
    let trim = number(preset, "trim", -400, 240)?;
    let category = pascal(category);
    let _ = write!(
        code,
        "Preset {{ name: {name:?}, title: {title:?}, category: Category::{category}, machine: {machine}, trim: {trim}, parameters: &[",
    );
    for (parameter, amount) in object(preset, "parameters")? {
        let amount = within(amount, 0, 10_000)?;
        let _ = write!(code, "({}, {amount}), ", parameter_name(parameter));
    }
    code += "], macros: &[";
    let macros = list(preset, "macros", MOST_MACROS)?;
    for knob in macros {
        only(knob, &["label", "amount", "targets"])?;
        let label = text(knob, "label")?;
        if label.is_empty() || label.len() > 16 {
            return Err(format!("the label {label:?} is not short"));
        }
        let amount = number(knob, "amount", 0, 10_000)?;
        let _ = write!(
            code,
            "Macro {{ label: {label:?}, amount: {amount}, targets: &["
        );
        let targets = object(knob, "targets")?;
        if targets.is_empty() || targets.len() > MOST_TARGETS {
            return Err(format!(
                "{label} moves nothing, or more than {MOST_TARGETS} parameters"
            ));
        }
        for (parameter, ends) in targets {
            let [from, to] = ends.as_array().map_or(&[][..], |ends| ends) else {
                return Err(format!("{label}: {parameter} has no two ends"));
            };
            let (from, to) = (within(from, 0, 10_000)?, within(to, 0, 10_000)?);
            let parameter = parameter_name(parameter);
            let _ = write!(
                code,
                "Target {{ parameter: {parameter}, from: {from}, to: {to} }}, "
            );
        }
        code += "] }, ";
    }
    code += "], pieces: &[";
    for piece in list(preset, "pieces", MOST_PIECES)? {
        only(piece, &["note", "preset", "level", "pan", "choke"])?;
        let name = text(piece, "preset")?;
        if !names.contains(name) {
            return Err(format!("there is no preset {name} for its kit"));
        }
        let note = number(piece, "note", 0, 127)?;
        let level = number(piece, "level", -600, 120)?;
        let pan = number(piece, "pan", -100, 100)?;
        let choke = number(piece, "choke", 0, 8)?;
        let _ = write!(
            code,
            "KitPiece {{ note: {note}, preset: {name:?}, level: {level}, pan: {pan}, choke: {choke} }}, ",
        );
    }
    code += "] },\n";
    Ok(code)
}

fn only(value: &Value, fields: &[&str]) -> Checked<()> {
    let object = value.as_object().ok_or("not an object")?;
    match object.keys().find(|key| !fields.contains(&key.as_str())) {
        Some(stray) => Err(format!("there is no field {stray}")),
        None => Ok(()),
    }
}

fn text<'a>(value: &'a Value, field: &str) -> Checked<&'a str> {
    value[field].as_str().ok_or(format!("it has no {field}"))
}

fn number(value: &Value, field: &str, low: i64, high: i64) -> Checked<i64> {
    match &value[field] {
        Value::Null => Ok(0),
        value => within(value, low, high).map_err(|wrong| format!("{field}: {wrong}")),
    }
}

fn within(value: &Value, low: i64, high: i64) -> Checked<i64> {
    let number = value
        .as_i64()
        .filter(|number| (low..=high).contains(number));
    number.ok_or(format!(
        "{value} is not a whole number from {low} to {high}"
    ))
}

fn list<'a>(value: &'a Value, field: &str, most: usize) -> Checked<&'a [Value]> {
    let list = value[field].as_array().map_or(&[][..], Vec::as_slice);
    if list.len() > most {
        return Err(format!("it has more than {most} {field}"));
    }
    Ok(list)
}

fn object<'a>(value: &'a Value, field: &str) -> Checked<&'a Map<String, Value>> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    match &value[field] {
        Value::Null => Ok(&NONE),
        value => value
            .as_object()
            .ok_or(format!("its {field} are no object")),
    }
}

/// A parameter that does not exist fails to compile under its name.
fn parameter_name(parameter: &str) -> String {
    format!("Parameter::{}", pascal(parameter))
}

fn machine(name: &str) -> String {
    let drums = [
        "kick", "snare", "clap", "hat", "tom", "rim", "cowbell", "cymbal", "shaker", "conga",
    ];
    let name_of = pascal(name);
    if drums.contains(&name) {
        format!("Machine::Drum(drum::Piece::{name_of})")
    } else {
        format!("Machine::{name_of}")
    }
}

fn pascal(kebab: &str) -> String {
    let words = kebab.split('-').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}
