//! What in a text is not what it seems: characters nobody sees, and letters that pass for those of
//! another alphabet. In an address, a host or a link they decide who is meant, so there they are
//! always shown; in prose, what a script needs to be written stays out of sight.

use unicode_script::{Script, UnicodeScript};

/// Alphabets whose letters look like those of each other. A name that mixes them deceives (Unicode
/// Technical Standard 39, section 5.2).
const ALPHABETS: [Script; 9] = [
    Script::Latin,
    Script::Cyrillic,
    Script::Greek,
    Script::Armenian,
    Script::Cherokee,
    Script::Coptic,
    Script::Deseret,
    Script::Lisu,
    Script::Osage,
];

/// Letters that are taken for Latin ones: a name of nothing else, under a domain in Latin letters,
/// deceives as a whole.
const LOOKALIKES: &str = "асеёԁһіјӏорԛѕԝхуъьҽпгѵѡ\
    АВЕЅЗІЈКМНОРСТУХЬӀԌԚԜѴҮҺ\
    αβγεηικνοπρςτυχω\
    ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ\
    աեզցհյնոռսվտքօգւլղ\
    ՏՍՕՑԼ\
    ᎠᎡᎢᎥᎩᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏎᏏᏒᏓᏔᏚᏞᏟᏢᏦᏧᏩᏮᏯᏴᏻ\
    ⲁⲃⲅⲉⲓⲕⲙⲛⲟⲣⲥⲧⲩⲭ\
    ꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓞꓟꓠꓡꓢꓣꓤꓥꓦꓧꓨꓩꓪꓫꓬꓮꓰꓲꓳꓴ";

/// Countries under whose Latin domains names of another alphabet are at home.
const HOMES: [(Script, &str); 3] = [
    (Script::Cyrillic, " bg by kg kz me mk mn rs ru su tj ua uz "),
    (Script::Greek, " cy gr "),
    (Script::Armenian, " am "),
];

/// Characters that reorder, hide or impersonate their neighbours without showing themselves: all
/// format characters, what Unicode calls ignorable by default, fillers, the blank of Braille, and
/// code points that have no meaning to strangers.
pub(super) fn is_treacherous(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{115f}' | '\u{1160}'
            | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}'
            | '\u{e000}'..='\u{f8ff}'
            | '\u{fdd0}'..='\u{fdef}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
            | '\u{f0000}'..='\u{10ffff}'
    ) || c as u32 & 0xfffe == 0xfffe
}

/// True for a mark without a column of its own: it piles up on the letter before it.
pub(super) fn is_combining(c: char) -> bool {
    !c.is_ascii() && unicode_width::UnicodeWidthChar::width(c) == Some(0)
}

/// True for a character without which prose reads the same: the style of a picture or of an
/// ideograph, a joiner between pictures or inside a word of a script that needs one, a place to
/// break a line in scripts without blanks.
pub(super) fn is_at_home(before: char, c: char, after: Option<char>) -> bool {
    let Some(after) = after else { return is_style(before, c, ' ') };
    is_style(before, c, after) || is_joint(before, c, after)
}

fn is_style(before: char, c: char, after: char) -> bool {
    match c {
        '\u{fe0e}' | '\u{fe0f}' => is_picture(before) || after == '\u{20e3}',
        '\u{180b}'..='\u{180d}' | '\u{180f}' => before.script() == Script::Mongolian,
        '\u{e0100}'..='\u{e01ef}' => before.script() == Script::Han,
        _ => false,
    }
}

fn is_joint(before: char, c: char, after: char) -> bool {
    let script = before.script();
    match c {
        '\u{200d}' if is_picture(before) && is_picture(after) => true,
        '\u{200c}' | '\u{200d}' => script == after.script() && has_joiners(script),
        '\u{200b}' => is_without_blanks(script) && is_without_blanks(after.script()),
        _ => false,
    }
}

/// Scripts whose words are written with joiners (RFC 5892, appendix A).
fn has_joiners(script: Script) -> bool {
    matches!(
        script,
        Script::Arabic
            | Script::Syriac
            | Script::Devanagari
            | Script::Bengali
            | Script::Gurmukhi
            | Script::Gujarati
            | Script::Oriya
            | Script::Tamil
            | Script::Telugu
            | Script::Kannada
            | Script::Malayalam
            | Script::Sinhala
    )
}

fn is_without_blanks(script: Script) -> bool {
    matches!(script, Script::Thai | Script::Lao | Script::Khmer | Script::Myanmar)
}

/// Characters that are drawn as pictures, or as text, by the style behind them.
pub(super) fn is_picture(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2194}'..='\u{21aa}' | '\u{231a}'..='\u{23ff}' | '\u{24c2}' | '\u{25aa}'..='\u{25fe}'
        | '\u{2600}'..='\u{27bf}' | '\u{2934}' | '\u{2935}' | '\u{2b05}'..='\u{2b55}'
        | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// What a word is, and where in it something passes for something else.
#[derive(Debug, Default)]
pub(super) struct Name {
    /// True for an address, a host, a link, a file: something is found by it.
    pub is_name: bool,
    /// Bytes at which an impostor stands, ascending.
    pub impostors: Vec<usize>,
}

impl Name {
    /// Looks at a word without blanks.
    pub(super) fn of(word: &str) -> Self {
        let mut name = Self::default();
        let mut start = 0;
        while start < word.len() {
            let rest = &word[start..];
            let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            if length > 0 {
                name.group(word, start, start + length);
            }
            start += length;
            start += word[start..].chars().next().map_or(0, char::len_utf8);
        }
        name
    }

    /// Labels with dots between them, or beside an `@`.
    fn group(&mut self, word: &str, start: usize, end: usize) {
        let group = &word[start..end];
        let labels = group.split(is_dot).filter(|label| label.contains(char::is_alphanumeric));
        let in_address = word[..start].ends_with('@') || word[end..].starts_with('@');
        if !in_address && labels.count() < 2 {
            return;
        }
        self.is_name = true;
        if group.is_ascii() {
            return;
        }
        let local = word[end..].starts_with('@');
        let last = group.rsplit(is_dot).next().unwrap_or_default();
        let under = if local { "" } else { last };
        let mut at = start;
        for label in group.split_inclusive(is_dot) {
            self.label(label, at, under, in_address);
            at += label.len();
        }
    }

    /// A label and the dot behind it; `under`: the label in which the domain ends.
    fn label(&mut self, label: &str, start: usize, under: &str, in_address: bool) {
        let alphabets = Alphabets::of(label);
        let most = alphabets.most();
        let latin = under.contains(|c: char| c.is_ascii_alphabetic());
        let mixed = alphabets.used() > 1;
        let long = in_address || label.chars().count() > 2;
        let deceives = latin && long && alphabets.is_lookalike && !is_home(under, most);
        let home = if latin { Script::Latin } else { most };
        for (at, c) in label.char_indices() {
            let stranger = (mixed || deceives) && is_alphabetic(c) && c.script() != home;
            if stranger || is_form(c) || is_false_sign(c) {
                self.impostors.push(start + at);
            }
        }
    }
}

/// True when names in this alphabet are at home under a domain of a country.
fn is_home(country: &str, script: Script) -> bool {
    let country = format!(" {} ", country.to_ascii_lowercase());
    HOMES.iter().any(|(alphabet, countries)| *alphabet == script && countries.contains(&country))
}

/// The letters of a label by alphabet.
struct Alphabets {
    counts: [usize; ALPHABETS.len()],
    /// Every letter is one that is taken for a Latin one.
    is_lookalike: bool,
}

impl Alphabets {
    fn of(label: &str) -> Self {
        let mut alphabets = Self { counts: [0; ALPHABETS.len()], is_lookalike: true };
        for c in label.chars().filter(|c| c.is_alphabetic() && !is_form(*c)) {
            let script = c.script();
            if let Some(at) = ALPHABETS.iter().position(|alphabet| *alphabet == script) {
                alphabets.counts[at] += 1;
            }
            alphabets.is_lookalike &= LOOKALIKES.contains(c);
        }
        alphabets
    }

    fn used(&self) -> usize {
        self.counts.iter().filter(|count| **count > 0).count()
    }

    /// The alphabet of most letters, Latin where several have as many.
    fn most(&self) -> Script {
        let mut most = 0;
        for (at, count) in self.counts.iter().enumerate() {
            if *count > self.counts[most] {
                most = at;
            }
        }
        ALPHABETS[most]
    }
}

fn is_alphabetic(c: char) -> bool {
    c.is_alphabetic() && ALPHABETS.contains(&c.script())
}

/// What labels are made of, and what hides in them.
fn is_part(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '-' | '_')
        || is_dot(c)
        || !c.is_ascii() && (is_combining(c) || is_treacherous(c) || is_false_sign(c))
}

/// A dot, or what passes for one.
pub(super) fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{2024}' | '\u{fe52}' | '\u{ff0e}' | '\u{ff61}')
}

/// Signs that pass for a dot, a slash, a hyphen, an `@`.
fn is_false_sign(c: char) -> bool {
    matches!(
        c,
        '\u{2010}'
            | '\u{2011}'
            | '\u{2024}'
            | '\u{2044}'
            | '\u{2215}'
            | '\u{29f8}'
            | '\u{fe52}'
            | '\u{fe6b}'
            | '\u{ff0e}'
            | '\u{ff0f}'
            | '\u{ff20}'
            | '\u{ff61}'
    )
}

/// Forms of Latin letters and digits that are no letters of a language: wide, small, raised,
/// circled, mathematical, phonetic ones.
fn is_form(c: char) -> bool {
    matches!(c, '\u{251}' | '\u{261}' | '\u{1d00}'..='\u{1dbf}' | '\u{2070}'..='\u{209c}'
        | '\u{2100}'..='\u{218b}' | '\u{2460}'..='\u{24ff}' | '\u{a730}' | '\u{a731}'
        | '\u{ab30}'..='\u{ab68}' | '\u{fb00}'..='\u{fb06}' | '\u{ff10}'..='\u{ff5a}'
        | '\u{1d400}'..='\u{1d7ff}' | '\u{1f100}'..='\u{1f189}')
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use crate::mail::SafeText;

    fn shown(text: &str) -> String {
        SafeText::new(text).to_string()
    }

    #[test]
    fn names_in_two_alphabets() {
        for (name, seen) in [
            ("w.tal@lind\u{435}npost.example", "w.tal@lind\\u{435}npost.example"),
            ("m\u{445}.oak.example", "m\\u{445}.oak.example"),
            ("<\u{430}nn@oak.example>:", "<\\u{430}nn@oak.example>:"),
            ("https://g\u{3bf}\u{3bf}gle.example/x", "https://g\\u{3bf}\\u{3bf}gle.example/x"),
            ("b\u{585}x.example", "b\\u{585}x.example"),
            ("при\u{6d}ер.рф", "при\\u{6d}ер.рф"),
        ] {
            assert_eq!(shown(name), seen);
        }
    }

    #[test]
    fn names_that_look_like_others_as_a_whole() {
        let apple = "\u{430}\u{440}\u{440}\u{4cf}\u{435}";
        assert_eq!(shown(&format!("{apple}.example")), escaped(apple) + ".example");
        assert_eq!(shown(&format!("x@{apple}.example")), format!("x@{}.example", escaped(apple)));
        for (name, seen) in [
            ("\u{ff4f}ak.example", "\\u{ff4f}ak.example"),
            ("\u{1d428}ak.example", "\\u{1d428}ak.example"),
            ("oak\u{2024}mail.example", "oak\\u{2024}mail.example"),
            ("oak.example\u{2044}path.example", "oak.example\\u{2044}path.example"),
        ] {
            assert_eq!(shown(name), seen);
        }
    }

    fn escaped(text: &str) -> String {
        let mut escaped = String::new();
        for c in text.chars() {
            let _ = write!(escaped, "\\u{{{:x}}}", c as u32);
        }
        escaped
    }

    /// Names and sentences as people write them.
    #[test]
    fn nothing_is_marked_in_any_language() {
        for text in [
            "почта@пример.рф",
            "https://пример.com/путь",
            "сор@рос.ru",
            "ναυτικο.gr",
            "bücher.example",
            "kadın.example",
            "bæker.example",
            "用户@例子.中国",
            "テスト@oak日本.example",
            "ann@oak.exampleに送信",
            "Καλημέρα.",
            "т.е. IP-адрес",
            "USB-флешка за 1.000,00€",
            "ส่งไปยังann@oak.exampleไม่สำเร็จ",
            "उदाहरण.परीक्षा",
            "Ω=10kΩ",
        ] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn what_a_script_needs_is_out_of_sight_in_prose_only() {
        for (text, seen) in [
            ("I \u{2764}\u{fe0f} oak", "I \u{2764} oak"),
            ("\u{1f468}\u{200d}\u{1f469}", "\u{1f468}\u{1f469}"),
            ("1\u{fe0f}\u{20e3}", "1\u{20e3}"),
            ("葛\u{e0100}城", "葛城"),
            ("می\u{200c}خواهم", "میخواهم"),
            ("क\u{94d}\u{200d}ष", "क\u{94d}ष"),
            ("a\u{fe0f}b", "a\\u{fe0f}b"),
            ("日\u{fe0f}", "日\\u{fe0f}"),
            ("a\u{e0100}", "a\\u{e0100}"),
            ("a\u{200c}b", "a\\u{200c}b"),
            ("می\u{200c}خواهم@oak.example", "می\\u{200c}خواهم@oak.example"),
            ("\u{fe0f}x", "\\u{fe0f}x"),
            ("x \u{301}", "x \\u{301}"),
            ("x\u{2800}y", "x\\u{2800}y"),
        ] {
            assert_eq!(shown(text), seen);
        }
    }
}
