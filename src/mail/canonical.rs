//! One form for every input: UTF-8 or bytes as they are, LF line ends, no byte order mark.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;

/// Bytes with LF line ends only. CRLF, CR and mixtures become LF (a run of CRs before a LF is one
/// line end), UTF-16 with or without a byte order mark becomes UTF-8 without NULs. Everything
/// behind this point sees one kind of line end.
#[must_use]
pub fn canonical(input: &[u8]) -> Cow<'_, [u8]> {
    let mut input = input;
    while let [0xef, 0xbb, 0xbf, rest @ ..] = input {
        input = rest;
    }
    match input {
        [0xff, 0xfe, rest @ ..] => utf16(rest, b"utf-16le"),
        [0xfe, 0xff, rest @ ..] => utf16(rest, b"utf-16be"),
        [a, 0, b, 0, ..] if a.is_ascii_graphic() && b.is_ascii_graphic() => {
            utf16(input, b"utf-16le")
        }
        [0, a, 0, b, ..] if a.is_ascii_graphic() && b.is_ascii_graphic() => {
            utf16(input, b"utf-16be")
        }
        _ => lf(input),
    }
}

/// The same for text that came out of a decoder.
#[must_use]
pub fn text(decoded: String) -> String {
    match lf(decoded.as_bytes()) {
        Cow::Borrowed(_) => decoded,
        Cow::Owned(bytes) => String::from_utf8(bytes).unwrap_or(decoded),
    }
}

fn utf16<'a>(bytes: &'a [u8], label: &[u8]) -> Cow<'a, [u8]> {
    match charset_decoder(label) {
        Some(decoder) => {
            let text = decoder(bytes).replace('\0', "");
            Cow::Owned(lf(text.trim_start_matches('\u{feff}').as_bytes()).into_owned())
        }
        None => lf(bytes),
    }
}

fn lf(input: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'\r', input) else { return Cow::Borrowed(input) };
    let mut out = Vec::with_capacity(input.len());
    let mut copied = 0;
    for at in memchr::memchr_iter(b'\r', &input[first..]).map(|at| first + at) {
        // One of a run that has been dealt with.
        if at < copied {
            continue;
        }
        out.extend_from_slice(&input[copied..at]);
        let run = input[at..].iter().take_while(|&&b| b == b'\r').count();
        copied = at + run;
        if input.get(copied) == Some(&b'\n') {
            out.push(b'\n');
            copied += 1;
        } else {
            out.resize(out.len() + run, b'\n');
        }
    }
    out.extend_from_slice(&input[copied..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn every_line_end_becomes_lf() {
        assert_eq!(&*canonical(b"a\r\nb\rc\nd\r\r\ne\r"), b"a\nb\nc\nd\ne\n");
        assert_eq!(&*canonical(b"\xef\xbb\xbfa\n"), b"a\n");
        assert_eq!(&*canonical(b"\xff\xfea\0\r\0\n\0"), b"a\n");
        assert_eq!(&*canonical(b"\0S\0u\0b"), b"Sub");
        assert_eq!(&*canonical(b""), b"");
    }

    #[test]
    fn once_is_enough() {
        for input in [
            &b"\xef\xbb\xbf\xef\xbb\xbfa"[..],
            b"\xef\xbb\xbf\xff\xfea\0",
            b"\xff\xfea\0\0\0b\0\0\0c\0",
            b"\xff\xfe\xff\xfea\0",
            b"\xff\xfe\0\0a\0\r\0\0\0\n\0",
        ] {
            let once = canonical(input);
            assert_eq!(canonical(&once), once, "{input:?}");
        }
    }
}
