//! Turns the rules and the guidance, which are written in TOML, into JSON, which is read much faster
//! when the program starts. What is in them is checked by the tests.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    for folder in ["rules", "guidance"] {
        let source = Path::new("assets").join(folder);
        let target = Path::new(&out).join(folder);
        println!("cargo::rerun-if-changed={}", source.display());
        fs::create_dir_all(&target)?;
        for entry in fs::read_dir(source)? {
            let path = entry?.path();
            let (Some(name), Some(ending)) = (path.file_stem(), path.extension()) else { continue };
            if ending == "toml" {
                let data = read(&path)?;
                let json = target.join(name).with_extension("json");
                fs::write(json, serde_json::to_string(&data)?)?;
            }
        }
    }
    Ok(())
}

/// The contents of a file; an error names it.
fn read(path: &Path) -> Result<toml::Table, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    text.parse().map_err(|error| format!("{}: {error}", path.display()).into())
}
