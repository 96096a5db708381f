//! Secrets that this process has held, kept out of everything it shows. A server may repeat what it
//! was sent, in its own words and at any later time; so its text goes through [`shown`], where it
//! becomes safe to print.
//!
//! Remembered are no secrets but keyed hashes of their pieces, so that nothing here can be told by
//! whoever reads it.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::sync::{LazyLock, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::mail::SafeText;

/// How many secrets are remembered; the oldest makes room. Tokens are renewed for as long as the
/// screen is open.
const SECRETS: usize = 64;
/// A secret with fewer bytes is hidden where it is a word of its own: its letters are everywhere.
const SHORT: usize = 6;
/// Longest piece of a secret that may stay visible, in bytes.
const PIECE: usize = 12;
/// The same of its encoded forms, in characters: six bytes of the secret.
const ENCODED: usize = 8;
/// Shortest encoded form that is looked for.
const ENCODED_SHORT: usize = 6;
/// What stands in the place of a secret.
const HIDDEN: &[u8] = "…".as_bytes();

static KNOWN: LazyLock<RwLock<Remembered>> = LazyLock::new(RwLock::default);

/// What is remembered.
#[derive(Default)]
struct Remembered {
    keys: RandomState,
    secrets: VecDeque<Vec<Form>>,
}

/// One way to write a secret.
#[derive(PartialEq, Eq)]
struct Form {
    /// Length of its pieces.
    piece: usize,
    /// The hashes of all pieces.
    hashes: HashSet<u64>,
    /// Where it counts, and what is hidden with it.
    kind: FormKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FormKind {
    /// As it is.
    Plain,
    /// As it is, where no letter or digit stands beside it.
    Word,
    /// Base64 or hexadecimal digits: all of them around it are hidden too, for they hold more of it.
    Encoded,
}

/// Text as it is compared: without what servers put in or leave out, each byte with the place that
/// it comes from.
struct Compared {
    bytes: Zeroizing<Vec<u8>>,
    places: Vec<Range<usize>>,
}

/// How `%41` is read (RFC 3986 section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Percent {
    AsItIs,
    Decoded,
}

impl Percent {
    const BOTH: [Self; 2] = [Self::AsItIs, Self::Decoded];
}

impl Compared {
    /// Small letters; no blanks, control characters and backslashes; `%41` as it is, or read as what
    /// it stands for.
    fn of(text: &[u8], reading: Percent) -> Self {
        let mut compared = Self {
            bytes: Zeroizing::new(Vec::with_capacity(text.len())),
            places: Vec::with_capacity(text.len()),
        };
        let mut at = 0;
        while at < text.len() {
            let (byte, length) = match percent(&text[at..]) {
                Some(byte) if reading == Percent::Decoded => (byte, 3),
                _ => (text[at], 1),
            };
            if !byte.is_ascii_whitespace() && !byte.is_ascii_control() && byte != b'\\' {
                compared.bytes.push(byte.to_ascii_lowercase());
                compared.places.push(at..at + length);
            }
            at += length;
        }
        compared
    }
}

/// The byte that `%41` stands for.
fn percent(text: &[u8]) -> Option<u8> {
    let digits = text.strip_prefix(b"%")?.get(..2)?;
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

impl Remembered {
    fn remember(&mut self, secret: &str) {
        let mut forms = Vec::new();
        for text in [secret.to_owned(), secret.to_lowercase(), secret.to_uppercase()] {
            let text = Zeroizing::new(text);
            self.add_plain(&mut forms, text.as_bytes());
        }
        // Where a server's line has to be ASCII, other bytes are question marks.
        let ascii = |byte: u8| if byte.is_ascii() { byte } else { b'?' };
        let question: Zeroizing<Vec<u8>> = Zeroizing::new(secret.bytes().map(ascii).collect());
        self.add_plain(&mut forms, &question);
        for before in 0..3 {
            self.add_encoded(&mut forms, &base64_inside(secret.as_bytes(), before));
        }
        let mut hexadecimal = Zeroizing::new(String::new());
        for byte in secret.bytes() {
            for digit in [byte >> 4, byte & 15] {
                hexadecimal.extend(char::from_digit(digit.into(), 16));
            }
        }
        self.add_encoded(&mut forms, &hexadecimal);
        if forms.is_empty() || self.secrets.contains(&forms) {
            return;
        }
        if self.secrets.len() == SECRETS {
            self.secrets.pop_front();
        }
        self.secrets.push_back(forms);
    }

    fn add_plain(&self, forms: &mut Vec<Form>, text: &[u8]) {
        for reading in Percent::BOTH {
            let bytes = Compared::of(text, reading).bytes;
            // A form that is nothing but question marks would hide every word in another script.
            let is_telling = bytes.iter().any(|byte| *byte != b'?');
            let length = bytes.len();
            if length >= SHORT && is_telling {
                let piece = length.div_ceil(2).clamp(SHORT, PIECE);
                self.add(forms, &bytes, piece, FormKind::Plain);
            } else if length > 0 && is_telling {
                self.add(forms, &bytes, length, FormKind::Word);
            }
        }
    }

    fn add_encoded(&self, forms: &mut Vec<Form>, text: &str) {
        // Both alphabets of base64 (RFC 4648).
        for text in [text.to_owned(), text.replace('+', "-").replace('/', "_")] {
            let text = Zeroizing::new(text);
            let bytes = Compared::of(text.as_bytes(), Percent::AsItIs).bytes;
            if bytes.len() >= ENCODED_SHORT {
                self.add(forms, &bytes, bytes.len().min(ENCODED), FormKind::Encoded);
            }
        }
    }

    fn add(&self, forms: &mut Vec<Form>, bytes: &[u8], piece: usize, kind: FormKind) {
        let hashes = bytes.windows(piece).map(|piece| self.keys.hash_one(piece)).collect();
        let form = Form { piece, hashes, kind };
        if !forms.contains(&form) {
            forms.push(form);
        }
    }

    /// Which bytes of a text are to be hidden.
    fn found_in(&self, text: &[u8]) -> Vec<bool> {
        let mut hidden = vec![false; text.len()];
        for reading in Percent::BOTH {
            let compared = Compared::of(text, reading);
            for form in self.secrets.iter().flatten() {
                for (at, piece) in compared.bytes.windows(form.piece).enumerate() {
                    if form.hashes.contains(&self.keys.hash_one(piece)) {
                        let last = &compared.places[at + form.piece - 1];
                        form.kind.hide(text, compared.places[at].start..last.end, &mut hidden);
                    }
                }
            }
        }
        hidden
    }
}

impl FormKind {
    /// Marks what is hidden when a piece stands at `found`.
    fn hide(self, text: &[u8], found: Range<usize>, hidden: &mut [bool]) {
        let Range { mut start, mut end } = found;
        let is_letter = |at: usize| text.get(at).is_some_and(u8::is_ascii_alphanumeric);
        match self {
            Self::Plain => {}
            Self::Word => {
                if is_letter(end) || start > 0 && is_letter(start - 1) {
                    return;
                }
            }
            Self::Encoded => {
                while start > 0 && is_digit(text[start - 1]) {
                    start -= 1;
                }
                while end < text.len() && is_digit(text[end]) {
                    end += 1;
                }
            }
        }
        hidden[start..end].fill(true);
    }
}

/// True for the digits of base64 in both alphabets.
fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
}

/// The base64 digits that depend on a secret alone when so many other bytes stand before it.
fn base64_inside(secret: &[u8], before: usize) -> Zeroizing<String> {
    let bytes = Zeroizing::new([&[0; 2][..before], secret].concat());
    let digits = Zeroizing::new(STANDARD.encode(&*bytes));
    let range = (8 * before).div_ceil(6)..8 * bytes.len() / 6;
    Zeroizing::new(digits.get(range).unwrap_or_default().to_owned())
}

/// From now on, text that is shown does not hold this.
pub(super) fn remember(secret: &str) {
    KNOWN.write().unwrap_or_else(PoisonError::into_inner).remember(secret);
}

/// Bytes from the outside made displayable, without any secret that this process has held: neither
/// as it is nor quoted, in any case, in base64 or hexadecimal digits, whole or a telling part of it.
#[must_use]
pub fn shown(text: &[u8]) -> SafeText {
    match hide(text) {
        Some(hidden) => SafeText::from_bytes(&hidden),
        None => SafeText::from_bytes(text),
    }
}

/// A text with its secrets replaced; none when there are none in it.
#[must_use]
pub fn hide(text: &[u8]) -> Option<Vec<u8>> {
    let hidden = KNOWN.read().unwrap_or_else(PoisonError::into_inner).found_in(text);
    if !hidden.contains(&true) {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut before = false;
    for (byte, hidden) in text.iter().zip(hidden) {
        if !hidden {
            out.push(*byte);
        } else if !before {
            out.extend_from_slice(HIDDEN);
        }
        before = hidden;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A password with everything in it that is written in more than one way.
    const PASSWORD: &str = "p\"Canary\\ 1b7\u{17c}%+/e";

    fn told(text: &[u8]) -> String {
        remember(PASSWORD);
        shown(text).to_string()
    }

    /// Every way in which a server may repeat a password.
    fn echoes(password: &str) -> Vec<Vec<u8>> {
        let quoted = password.replace('\\', "\\\\").replace('"', "\\\"");
        let mut echoes = vec![
            password.as_bytes().to_vec(),
            format!("\"{quoted}\"").into_bytes(),
            quoted.replace('\\', "\\\\").into_bytes(),
            format!("{{{}}}\r\n{password}", password.len()).into_bytes(),
            password.to_uppercase().into_bytes(),
            password.to_lowercase().into_bytes(),
            password.bytes().map(|b| if b.is_ascii() { b } else { b'?' }).collect(),
            password.bytes().flat_map(|b| format!("%{b:02X}").into_bytes()).collect(),
            password.bytes().flat_map(|b| format!("{b:02x}").into_bytes()).collect(),
            password.bytes().flat_map(|b| format!("{b:02X}").into_bytes()).collect(),
        ];
        for before in ["", "\0me\0", "me\0me\0", "user=me\x01auth=Bearer ", "x"] {
            let encoded = STANDARD.encode(format!("{before}{password}\x01\x01"));
            for end in [encoded.len(), encoded.len() - 3, encoded.len() / 2 + 8] {
                echoes.push(encoded.as_bytes()[..end].to_vec());
                echoes.push(encoded.as_bytes()[encoded.len() - end..].to_vec());
            }
            echoes.push(encoded.replace('+', "-").replace('/', "_").into_bytes());
            echoes.push(encoded.to_lowercase().into_bytes());
        }
        echoes
    }

    #[test]
    fn every_way_to_repeat_a_password_is_hidden() {
        for echo in echoes(PASSWORD) {
            let said = told(&[b"Wrong: ", &echo[..], b" for me"].concat());
            assert!(said.starts_with("Wrong: ") && said.ends_with(" for me"), "{said}");
            let middle = said.trim_start_matches("Wrong: ").trim_end_matches(" for me");
            let left = middle.replace('…', "");
            assert!(left.len() < 9, "{left:?} is left of {:?}", String::from_utf8_lossy(&echo));
        }
        let half = told(b"Wrong: p\"Canary\\ 1b");
        assert!(!half.contains("anary"), "{half}");
        assert_eq!(told(b"[AUTHENTICATIONFAILED] Nope."), "[AUTHENTICATIONFAILED] Nope.");
    }

    #[test]
    fn a_short_secret_is_hidden_as_a_word() {
        remember("q7");
        assert_eq!(shown(b"LOGIN me \"q7\" (q7) Q7"), "LOGIN me \"…\" (…) …");
        assert_eq!(shown(b"id 3q7f"), "id 3q7f");
    }

    #[test]
    fn a_secret_in_another_script_hides_no_words_in_it() {
        remember("\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}");
        assert_eq!(shown("\u{41f}\u{410}\u{420}\u{41e}\u{41b}\u{42c}!".as_bytes()), "…!");
        assert_eq!(
            shown("\u{43e}\u{448}\u{438}\u{431}\u{43a}\u{430} ????????".as_bytes()),
            "\u{43e}\u{448}\u{438}\u{431}\u{43a}\u{430} ????????"
        );
    }

    #[test]
    fn nothing_is_remembered_twice_and_the_oldest_makes_room() {
        let mut known = Remembered::default();
        for n in 0..2 * SECRETS {
            known.remember(&format!("token number {n} of many"));
            known.remember(&format!("token number {n} of many"));
        }
        known.remember("");
        known.remember(" \\ ");
        assert_eq!(known.secrets.len(), SECRETS);
        assert!(known.found_in(b"token number 127 of many").contains(&true));
    }

    proptest! {
        #[test]
        fn no_secret_is_ever_shown(secret in "[!-~]{8,40}", before: Vec<u8>, after: Vec<u8>) {
            let secret = secret.replace(['\\', '?'], "x");
            let mut known = Remembered::default();
            known.remember(&secret);
            let text = [&before[..], secret.as_bytes(), &after[..]].concat();
            let hidden = known.found_in(&text);
            prop_assert!(!hidden[before.len()..before.len() + secret.len()].contains(&false));
        }
    }
}
