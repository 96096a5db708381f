//! Bytes that are not what they say, or not what mail is made of.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Input;
use super::made::{FAILED, plain, report_with, told};

/// Text for people that tells of [`FAILED`].
const WORDS: &str = "This is the mail system at host birch.example.\n\n<ann@oak.example>: host mx.oak.example[192.0.2.7] \
                     said: 550 5.1.1 No such user\n";

const LABELS: [&str; 22] = [
    "uft-8",
    "unicode-1-1-utf-7",
    "utf-7",
    "IBM1390",
    "IBM1399",
    "ISO-2022-CN-EXT",
    "ISO-2022-JP",
    "ISO-2022-KR",
    "hz-gb-2312",
    "utf-16",
    "utf-32",
    "gb18030",
    "x-user-defined",
    "replacement",
    "\"\"",
    "=?utf-8?q?x?=",
    "..",
    "../../etc/passwd",
    "%s%n",
    "utf-8; utf-7",
    "\"utf-8\\",
    "$(id)",
];

/// A message of a mail system in words, under more fields.
fn in_words(fields: &str, body: &str) -> Vec<u8> {
    let head = "From: MAILER-DAEMON@birch.example\nSubject: Undelivered Mail\n";
    format!("{head}{fields}\n\n{body}").into_bytes()
}

pub(super) fn charsets() -> Vec<Input> {
    let mut inputs = Vec::new();
    for label in LABELS {
        let field = format!("Content-Type: text/plain; charset={label}");
        inputs.push(Input::report(format!("text in {label}"), move || in_words(&field, WORDS)));
        inputs.push(Input::report(format!("all bytes in {label}"), move || {
            let bytes: Vec<u8> = (0..=255).collect();
            let head = format!("Content-Type: text/plain; charset={label}\n\n");
            report_with(&[head.as_bytes(), &bytes].concat())
        }));
    }
    inputs.push(Input::report("a label of 300 characters", || {
        in_words(&format!("Content-Type: text/plain; charset={}", "x".repeat(300)), WORDS)
    }));
    inputs.push(Input::report("escapes that UTF-7 brings", || {
        let evil = "+ABs-]52;c;ZXZpbA==+AAc-";
        in_words("Content-Type: text/plain; charset=utf-7", &format!("{WORDS}\n{evil}\n"))
    }));
    inputs.push(Input::report("escapes that ISO-2022-JP leaves behind", || {
        let field = "Content-Type: text/plain; charset=iso-2022-jp";
        in_words(field, &format!("{WORDS}\n\u{1b}$B\u{1b}[2J\u{1b}(Jx\u{1b}Z\n"))
    }));
    inputs.push(
        Input::report("escapes in encoded words of many sets", || {
            in_words(
                "X-Odd: =?iso-8859-1?q?=9B31m?= =?windows-1252?q?=1B[2J?= =?koi8-r?b?m2I=?= =?x?q?=07?=",
                WORDS,
            )
        }),
    );
    inputs.push(Input::report("overlong and broken UTF-8", || {
        let mut mail = in_words("Content-Type: text/plain; charset=utf-8", WORDS);
        mail.extend_from_slice(
            b"\n\xc0\x9b2J \xe0\x80\x9b \xed\xa0\x80 \xf4\x90\x80\x80 \xff\xfe \xe2\x80\n",
        );
        mail
    }));
    inputs
}

pub(super) fn transfer() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (name, coding, text) in [
        ("stray = signs", "quoted-printable", WORDS.replace('.', "=2E").replace("Mail", "=Mail=")),
        ("broken = signs", "quoted-printable", WORDS.replace("said", "s=\naid") + "=ZZ==\n="),
        ("base64 that is none", "base64", WORDS.to_owned()),
        ("a coding nobody knows", "x-uuencode", WORDS.to_owned()),
        ("a coding with an escape in its name", "x\u{1b}[2J", WORDS.to_owned()),
        (
            "base64 without its end",
            "base64",
            STANDARD.encode(format!("{WORDS}\n")).trim_end_matches('=').to_owned(),
        ),
    ] {
        let field = format!("Content-Transfer-Encoding: {coding}");
        inputs.push(Input::report(name, move || in_words(&field, &text)));
    }
    inputs.push(Input::report("an archive that claims 4 GiB", || {
        report_with(
            &[b"Content-Type: application/gzip; name=x.gz\n\n".as_slice(), &bomb()].concat(),
        )
    }));
    inputs.push(
        Input::other("a DMARC report that claims 4 GiB", || {
            let head = b"From: x@a.example\nContent-Type: application/gzip; name=\"a.example!b.example!1!2.xml.gz\"\n\n";
            [head.as_slice(), &bomb()].concat()
        })
        .kind("dmarc_report"),
    );
    inputs.push(Input::report("uuencode, yEnc and BinHex in the text", || {
        told(&format!("{WORDS}\nbegin 644 ../../x\nM<W1R\nend\n=ybegin line=128 size=9 name=x\n(This file must be converted\n"))
    }));
    inputs.push(Input::report("a returned message in quoted-printable with a report in it", || {
        report_with(b"Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\nSubject=3A=20x\n=0A=0AStatus=3A 5.7.1=00\n")
    }));
    inputs
}

/// What a packer makes of 4 GiB, as far as its size tells.
fn bomb() -> Vec<u8> {
    [b"\x1f\x8b\x08\0\0\0\0\0\0\x03".as_slice(), &[0; 64], &[0xff; 4]].concat()
}

pub(super) fn lines() -> Vec<Input> {
    let mut inputs = Vec::new();
    for (name, ends) in
        [("CRLF", "\r\n"), ("CR alone", "\r"), ("LF alone", "\n"), ("CR CR LF", "\r\r\n")]
    {
        inputs.push(Input::report(format!("lines end in {name}"), move || {
            plain().replace('\n', ends).into()
        }));
        inputs.push(
            Input::report(format!("lines of a coded part end in {name}"), move || {
                let inner = format!("Subject: inner\n x\nMessage-ID: <1@x>\n\n{WORDS}");
                let coded = STANDARD.encode(inner.replace('\n', ends));
                let head = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n";
                report_with(format!("{head}{coded}").as_bytes())
            })
            .shows("inner x"),
        );
        inputs.push(Input::report(format!("lines of a coded text end in {name}"), move || {
            let coded = STANDARD.encode(WORDS.replace('\n', ends));
            in_words("Content-Transfer-Encoding: base64", &coded)
        }));
    }
    inputs.push(Input::report("lines end in turns", || {
        let mut mail = String::new();
        for (line, end) in plain().lines().zip(["\n", "\r\n", "\r"].into_iter().cycle()) {
            mail += line;
            mail += end;
        }
        mail.into()
    }));
    inputs.push(Input::report("NULs in words", || {
        plain().replace("No such", "No\0such").replace("Sender", "\0Sender").into()
    }));
    inputs.push(Input::report("NULs in names of fields", || {
        format!("X-A\0B: x\nX-\0: y\n{}", plain()).into()
    }));
    inputs.push(
        Input::report("a NUL in the address", || {
            told("<ann@oak\0.example>: 550 5.1.1 No such user\n")
        })
        .to(&["ann@oak\\x00.example"]),
    );
    inputs.push(Input::other("a megabyte of NULs", || vec![0; 1 << 20]));
    inputs.push(Input::other("nothing at all", Vec::new));
    inputs.push(Input::other("line ends alone", || b"\r\n\n\r".repeat(1000)));
    inputs.push(Input::other("a picture", || b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x1b[2J\x9b".to_vec()));
    inputs
}

pub(super) fn boundaries() -> Vec<Input> {
    let mut inputs =
        vec![Input::report("never closed", || plain().replace("--outer--", "").into())];
    for boundary in ["a = b", "=_=", "?=(x)", "a'b+c_d,e-f/g:h", " outer", "a\tb", "--", "outer--x"]
    {
        inputs.push(Input::report(format!("the boundary is {boundary:?}"), move || {
            plain().replace("outer", boundary).into()
        }));
    }
    inputs.push(
        Input::report("a boundary of 10,000 characters beside a report", || {
            let long = "b".repeat(10_000);
            let part =
                format!("Content-Type: multipart/mixed; boundary=\"{long}\"\n\n--{long}\n\nx\n");
            report_with(part.as_bytes())
        })
        .limit(deadletter::mail::Limit::Header),
    );
    inputs.push(Input::report("a part with the boundary of the whole", || {
        report_with(b"Content-Type: multipart/mixed; boundary=outer\n\n--outer\n\nx\n")
    }));
    inputs.push(Input::report("a boundary that begins like another", || {
        report_with(
            b"Content-Type: multipart/mixed; boundary=outerx\n\n--outerx\n\nx\n--outerx--\n",
        )
    }));
    inputs.push(Input::report("an escape in the boundary", || {
        plain().replace("outer", "o\u{1b}[2Ju").into()
    }));
    inputs.push(Input::report("two boundaries in one field", || {
        plain().replace("boundary=\"outer\"", "boundary=\"outer\"; boundary=\"x\"").into()
    }));
    inputs.push(Input::report("two fields Content-Type", || {
        plain().replacen("\n\n", "\nContent-Type: text/plain\n\n", 1).into()
    }));
    inputs.push(Input::report("a multipart without a name for its boundary", || {
        plain().replace("; boundary=\"outer\"", "").into()
    }));
    inputs.push(Input::report(format!("text alone tells of {FAILED}"), || told(WORDS)));
    inputs
}
