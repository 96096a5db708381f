//! Addresses, hosts and file names that a shell, a mailer, a spreadsheet or a file system would act
//! on.

use super::Input;
use super::grammar::escaped;
use super::made::{plain, report_with};

const ADDRESSES: [&str; 14] = [
    "-X/tmp/pwned@a.example",
    "-oQ/tmp@a.example",
    "--help@a.example",
    "$(id)@a.example",
    "`id`@a.example",
    "a;id@a.example",
    "a|id@a.example",
    "|/bin/sh@a.example",
    "a&&id@a.example",
    "%s%n@a.example",
    "'OR'1'='1@a.example",
    "=HYPERLINK@a.example",
    "*@a.example",
    "../../etc/passwd@a.example",
];

const FILES: [&str; 12] = [
    "../../.ssh/authorized_keys",
    "/etc/passwd",
    "-rf",
    "x\\ny",
    "CON",
    "nul.txt:stream",
    "~/.profile",
    "invoice\u{202e}fdp.exe",
    "a\u{0}b.txt",
    "$(id).txt",
    "..",
    "\u{1b}]0;x\u{7}.txt",
];

pub(super) fn all() -> Vec<Input> {
    let mut inputs = Vec::new();
    for address in ADDRESSES {
        let make = move || plain().replace("ann@oak.example", address).into_bytes();
        let mut input = Input::report(format!("the recipient `{address}`"), make).shows(address);
        input.told.recipients.clear();
        input.told.reason = None;
        inputs.push(input);
    }
    for file in FILES {
        inputs.push(
            Input::report(format!("a part named `{}`", escaped(file)), move || {
                report_with(
                    format!(
                        "Content-Type: application/octet-stream; name=\"{file}\"\nContent-Disposition: attachment; \
                         filename=\"{file}\"\n\nx\n"
                    )
                    .as_bytes(),
                )
            })
            .in_source(escaped(file)),
        );
    }
    inputs.push(Input::report("a part with a name of 4,000 characters", || {
        let name = "x".repeat(4_000);
        report_with(format!("Content-Type: application/pdf; name=\"{name}\"\n\nx\n").as_bytes())
    }));
    inputs.push(
        Input::report("a recipient with a line end and a field", || {
            plain()
                .replace("rfc822; ann@oak.example", "rfc822; \"a\\x0aBcc: eve\"@oak.example")
                .into()
        })
        .to(&["\"a\\x0aBcc: eve\"@oak.example"]),
    );
    inputs.push(
        Input::report("a recipient of 5,000 characters", || {
            plain().replace("ann@oak.example", &format!("{}@oak.example", "a".repeat(5_000))).into()
        })
        .to(&[&format!("{}@oak.example", "a".repeat(5_000))]),
    );
    for host in ["$(id).oak.example", "-oProxyCommand=id.oak.example", "mx.oak.example;id"] {
        let make = move || plain().replace("dns; mx.oak.example", &format!("dns; {host}")).into();
        inputs.push(Input::report(format!("the host `{host}`"), make).in_source(host));
    }
    inputs.push(Input::report("formulas and Markdown in the answer", || {
        plain()
            .replace("No such user", "No such user =HYPERLINK(\"x\") @SUM(A1) ```[x](javascript:y)")
            .into()
    }));
    inputs
}
