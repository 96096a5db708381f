//! The language a message is written in, as far as it shows: a suggestion for the reader, never a
//! fact.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Headers;

/// Words that hardly occur in the other languages. Function words, and words of letters and of
/// delivery reports.
const WORDS: [(&str, &str); 10] = [
    ("en", "the and your this was with have from could please delivered message"),
    (
        "pl",
        "nie się jest oraz wiadomość wiadomości został adres dla proszę przez której poczty \
         dostarczona serwer pozdrawiam dziękuję",
    ),
    (
        "it",
        "il che non messaggio della questo destinatario posta essere stato recapito indirizzo \
         gli nel saluti grazie buongiorno",
    ),
    (
        "nb",
        "ikke og meldingen ble mottakeren mottaker postboks levert vennlig hilsen adressen \
         kunne epost hei jeg deg feil",
    ),
    (
        "nl",
        "het een niet bericht van uw worden geadresseerde kan naar voor bezorgd groet \
         vriendelijke bedankt aan adres",
    ),
    ("da", "ikke og meddelelsen blev modtageren venlig hilsen jeg dig fejl kunne"),
    ("sv", "inte och meddelandet mottagaren kunde levereras att jag hälsningar för"),
    ("de", "und nicht die der nachricht wurde ihre konnte mit grüßen empfänger"),
    ("fr", "le les des votre message pas être une est destinataire cordialement"),
    ("es", "el los mensaje su una está correo destinatario para saludos por"),
];

/// Words a sample is judged by.
const SAMPLE: usize = 400;

/// The language (BCP 47) of a message: what its header says, else the words of the text. None when
/// neither is clear.
#[must_use]
pub fn of(headers: &Headers<'_>, text: &str) -> Option<String> {
    if let Some(value) = headers.get("content-language") {
        let written = value.text().to_ascii_lowercase();
        let tag = written.split([',', ';', ' ']).next().unwrap_or("");
        if is_tag(tag) {
            return Some(tag.to_owned());
        }
    }
    Some(of_words(text)?.to_owned())
}

/// The shape of a language tag (RFC 5646).
fn is_tag(text: &str) -> bool {
    (2..=35).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The language most of the known words belong to: at least three different ones, and more than of
/// any other language.
#[must_use]
pub fn of_words(text: &str) -> Option<&'static str> {
    let mut seen: Vec<String> = Vec::new();
    for word in text.split(|c: char| !c.is_alphabetic()) {
        if seen.len() == SAMPLE {
            break;
        }
        if !word.is_empty() {
            seen.push(word.to_lowercase());
        }
    }
    seen.sort_unstable();
    seen.dedup();
    let mut scores = WORDS.map(|(tag, _)| (0, tag));
    for word in &seen {
        for language in LANGUAGES.get(word.as_str()).into_iter().flatten() {
            scores[*language].0 += 1;
        }
    }
    scores.sort_unstable_by(|a, b| b.cmp(a));
    let [(most, tag), (next, _), ..] = scores;
    if most >= 3 && most > next { Some(tag) } else { None }
}

/// The languages of each known word, as places in `WORDS`.
static LANGUAGES: LazyLock<HashMap<&str, Vec<usize>>> = LazyLock::new(|| {
    let mut languages: HashMap<&str, Vec<usize>> = HashMap::new();
    for (language, (_, words)) in WORDS.iter().enumerate() {
        for word in words.split(' ') {
            languages.entry(word).or_default().push(language);
        }
    }
    languages
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_by_their_words() {
        let is = |text| of_words(text);
        assert_eq!(
            is("Twoja wiadomość nie została dostarczona, adres nie istnieje dla serwer"),
            Some("pl")
        );
        assert_eq!(is("Il messaggio non è stato recapitato al destinatario."), Some("it"));
        assert_eq!(is("Meldingen ble ikke levert til mottakeren. Vennlig hilsen"), Some("nb"));
        assert_eq!(is("Het bericht kan niet worden bezorgd aan uw geadresseerde"), Some("nl"));
        assert_eq!(is("This is the mail system. Your message could not be delivered"), Some("en"));
        assert_eq!(is("550 5.1.1 User unknown"), None);
    }

    #[test]
    fn the_header_comes_first() {
        let (headers, _) = Headers::read(b"Content-Language: pl-PL\n\n");
        assert_eq!(of(&headers, "This is the message and your mail").as_deref(), Some("pl-pl"));
        let (headers, _) = Headers::read("Content-Language: \u{202e}lp\n\n".as_bytes());
        assert_eq!(of(&headers, "This is the message and your mail").as_deref(), Some("en"));
    }
}
