//! Writes every page in every state, in both languages, to a folder, to look at with a browser:
//! `cargo run -p smartlinks-server --example preview -- FOLDER`. No server, no account.
#![expect(clippy::print_stdout, reason = "an example for people at a terminal")]
#![expect(clippy::expect_used, reason = "made-up data that a test renders too")]

use std::fs;
use std::path::PathBuf;

use smartlinks_server::page::assets;
use smartlinks_server::page::i18n::Locale;

#[path = "preview/samples.rs"]
mod samples;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(
        std::env::args()
            .nth(1)
            .unwrap_or_else(|| "target/preview".to_owned()),
    );
    fs::create_dir_all(&folder)?;
    for asset in assets::all() {
        fs::write(folder.join(&asset.name), asset.bytes)?;
    }
    for number in 0..5 {
        fs::write(
            folder.join(format!("picture-{number}.svg")),
            picture(number),
        )?;
    }
    let mut count = 0;
    for locale in Locale::ALL {
        for (name, document) in samples::pages(locale, samples::USUAL) {
            let document = document
                .replace("/assets/", "")
                .replace("https://pictures.invalid/", "picture-");
            fs::write(folder.join(format!("{name}.html")), document)?;
            count += 1;
        }
    }
    println!("{count} pages in {}", folder.display());
    Ok(())
}

fn picture(number: u32) -> String {
    let hue = number * 67;
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200"><rect width="200" height="200" fill="hsl({hue} 35% 86%)"/><rect x="50" y="60" width="100" height="80" rx="10" fill="hsl({hue} 40% 55%)"/></svg>"#
    )
}
