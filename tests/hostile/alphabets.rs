//! Names of hosts and people in letters that pass for others.

use super::Input;
use super::made::{plain, told};

/// A domain, and how it is shown.
const DOMAINS: [(&str, &str, &str); 19] = [
    ("Cyrillic е in a Latin name", "l\u{435}aves.example", "l\\u{435}aves.example"),
    ("Cyrillic х at the end", "m\u{445}.oak.example", "m\\u{445}.oak.example"),
    ("Greek ο", "g\u{3bf}\u{3bf}gle.example", "g\\u{3bf}\\u{3bf}gle.example"),
    ("Armenian օ", "b\u{585}x.example", "b\\u{585}x.example"),
    ("Cherokee Ꮪ", "oak\u{13da}.example", "oak\\u{13da}.example"),
    ("Lisu ꓮ", "o\u{a4ee}k.example", "o\\u{a4ee}k.example"),
    (
        "a name wholly in Cyrillic",
        "\u{440}\u{430}\u{443}\u{440}\u{430}\u{4cf}.example",
        "\\u{440}\\u{430}\\u{443}\\u{440}\\u{430}\\u{4cf}.example",
    ),
    ("a name wholly in Greek", "\u{3bf}\u{3c1}\u{3b1}.example", "\\u{3bf}\\u{3c1}\\u{3b1}.example"),
    ("wide letters", "\u{ff4f}\u{ff41}k.example", "\\u{ff4f}\\u{ff41}k.example"),
    ("mathematical letters", "\u{1d428}ak.example", "\\u{1d428}ak.example"),
    ("circled letters", "\u{24de}ak.example", "\\u{24de}ak.example"),
    ("small capitals", "o\u{1d00}k.example", "o\\u{1d00}k.example"),
    ("a dot that is none", "oak\u{2024}elm.example", "oak\\u{2024}elm.example"),
    ("a wide dot", "oak\u{ff0e}elm.example", "oak\\u{ff0e}elm.example"),
    ("zero-width space in a domain", "oak\u{200b}.example", "oak\\u{200b}.example"),
    ("soft hyphen in a domain", "o\u{ad}ak.example", "o\\u{ad}ak.example"),
    ("tags in a domain", "oak\u{e0061}.example", "oak\\u{e0061}.example"),
    ("variation selector in a domain", "oak\u{fe00}.example", "oak\\u{fe00}.example"),
    ("filler in a domain", "oak\u{3164}.example", "oak\\u{3164}.example"),
];

/// Names that deceive nobody.
const HONEST: [(&str, &str); 9] = [
    ("punycode", "xn--80ak6aa92e.example"),
    ("Cyrillic under Cyrillic", "почта.рф"),
    ("Cyrillic that looks like nothing else", "жираф.example"),
    ("Latin with marks", "bücher-łódź.example"),
    ("Norwegian", "bæker.example"),
    ("Turkish", "kadın.example"),
    ("Chinese", "例子.中国"),
    ("Devanagari", "उदाहरण.परीक्षा"),
    ("Japanese and Latin", "oak日本.example"),
];

/// A report about somebody there.
fn at(domain: &'static str) -> impl Fn() -> Vec<u8> + Send + Sync {
    move || plain().replace("oak.example", domain).into_bytes()
}

pub(super) fn all() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (name, domain, shown) in DOMAINS {
        let recipient = format!("ann@{shown}");
        inputs.push(Input::report(name, at(domain)).to(&[&recipient]));
        let text = move || told(&format!("<ann@{domain}>: 550 5.1.1 No such user\n"));
        inputs.push(Input::report(format!("{name}; in words only"), text).to(&[&recipient]));
    }
    for (name, domain) in HONEST {
        let recipient = format!("ann@{domain}");
        inputs.push(Input::report(format!("{name} (honest)"), at(domain)).to(&[&recipient]));
    }
    inputs.push(
        Input::report("a local part in two alphabets", || {
            plain().replace("ann@", "\u{430}nn@").into_bytes()
        })
        .to(&["\\u{430}nn@oak.example"]),
    );
    inputs.push(
        Input::report("our own name, as it seems, in Reporting-MTA", || {
            plain().replace("dns; relay1.birch", "dns; relay1.b\u{456}rch").into_bytes()
        })
        .shows("relay1.b\\u{456}rch.example")
        .also(|bounce, _| {
            let server = bounce.generating_server.as_deref();
            assert_eq!(server, Some("relay1.b\\u{456}rch.example"));
        }),
    );
    inputs.push(
        Input::report("the author of mail that is no report", || {
            "From: Ann <ann@o\u{430}k.example>\nSubject: hello\n\nhello\n".into()
        })
        .kind("other")
        .to(&[])
        .because(None)
        .in_source("ann@o\\u{430}k.example"),
    );
    inputs
}
