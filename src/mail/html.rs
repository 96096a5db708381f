//! HTML as lines of text: cells of a table row on one line with tabs between them, blocks on lines
//! of their own. Nothing is rendered, nothing is fetched; links show their text.

use super::find::begins;

/// The readable text of an HTML body. `<wbr>` and soft hyphens vanish, so that host names come out
/// whole.
#[must_use]
pub fn to_text(html: &str) -> String {
    let mut out = TextBuilder::with_capacity(html.len() / 4);
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        out.text(&rest[..at]);
        rest = &rest[at..];
        rest = if rest.starts_with('&') {
            let (decoded, after) = entity(rest);
            out.text(decoded.encode_utf8(&mut [0; 4]));
            after
        } else {
            tag(rest, &mut out)
        };
    }
    out.text(rest);
    out.finish()
}

/// True for a text with a tag that lays it out; what some programs send as HTML has none, and its
/// lines are those of plain text.
#[must_use]
pub fn has_tags(html: &str) -> bool {
    const TAGS: [&str; 18] = [
        "html", "body", "head", "br", "p", "div", "table", "td", "tr", "pre", "span", "font", "a",
        "b", "ul", "li", "h1", "meta",
    ];
    for at in memchr::memchr_iter(b'<', html.as_bytes()) {
        let name = html[at + 1..].trim_start_matches('/');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let closes = name[end..].starts_with(['>', ' ', '/', '\n', '\t']);
        if closes && TAGS.iter().any(|tag| name[..end].eq_ignore_ascii_case(tag)) {
            return true;
        }
    }
    false
}

/// Collects text with blanks squeezed and empty lines limited to one.
struct TextBuilder {
    out: String,
    blank: bool,
    /// Inside `<pre>`: line ends and blanks count.
    literal: bool,
}

impl TextBuilder {
    fn with_capacity(bytes: usize) -> Self {
        Self { out: String::with_capacity(bytes), blank: false, literal: false }
    }

    fn text(&mut self, text: &str) {
        if self.literal {
            self.out.push_str(text);
            return;
        }
        for c in text.chars() {
            if c.is_whitespace() {
                self.blank = true;
            } else if c != '\u{ad}' && c != '\u{200b}' {
                if self.blank && !self.out.ends_with(['\n', '\t', ' ']) && !self.out.is_empty() {
                    self.out.push(' ');
                }
                self.blank = false;
                self.out.push(c);
            }
        }
    }

    fn separate(&mut self, with: char) {
        self.blank = false;
        let end = self.out.trim_end_matches(' ').len();
        self.out.truncate(end);
        if with == '\t' && !self.out.is_empty() && !self.out.ends_with('\n')
            || with == '\n' && !self.out.is_empty() && !self.out.ends_with("\n\n")
        {
            self.out.push(with);
        }
    }

    fn finish(self) -> String {
        let mut text = String::with_capacity(self.out.len());
        for line in self.out.split('\n') {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text.truncate(text.trim_end().len());
        text
    }
}

/// Deals with the tag at the start of `rest` and returns what follows it.
fn tag<'a>(rest: &'a str, out: &mut TextBuilder) -> &'a str {
    if rest.starts_with("<!--") {
        return behind(rest, "-->");
    }
    let inner = &rest[1..];
    let closing = inner.starts_with('/');
    let name_at = usize::from(closing);
    let named = &inner[name_at..];
    let name_end = named.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(named.len());
    let name = named[..name_end].to_ascii_lowercase();
    if name.is_empty() && !inner.starts_with(['!', '?', '/']) {
        out.text("<");
        return inner;
    }
    let Some(end) = inner.find('>') else {
        out.text(rest);
        return "";
    };
    let after = &inner[end + 1..];
    if name == "pre" {
        out.separate('\n');
        out.literal = !closing;
        return after;
    }
    match name.as_str() {
        "script" | "style" | "title" if !closing => return skip_element(after, &name),
        "br" | "tr" | "p" | "div" | "li" | "h1" | "h2" | "h3" | "h4" | "table" | "blockquote"
        | "ul" | "ol" | "hr" | "center" | "body" => out.separate('\n'),
        "td" | "th" if closing => out.separate('\t'),
        _ => {}
    }
    if name.contains('@') || inner[..end].contains('@') && !inner[..end].contains('=') {
        out.text(&rest[..end + 2]);
    }
    after
}

/// What follows the first `end`; nothing where it is missing.
fn behind<'a>(text: &'a str, end: &str) -> &'a str {
    match text.split_once(end) {
        Some((_, rest)) => rest,
        None => "",
    }
}

/// What follows the element called `name` that begins in front of `rest`.
fn skip_element<'a>(rest: &'a str, name: &str) -> &'a str {
    let mut from = rest;
    while let Some(at) = from.find("</") {
        from = &from[at + 2..];
        if begins(from, name) {
            return behind(from, ">");
        }
    }
    ""
}

/// The character of the entity at the start of `rest`, and what follows it; a stray `&` is itself.
#[must_use]
pub fn entity(rest: &str) -> (char, &str) {
    if let Some(end) = rest.bytes().take(12).position(|b| b == b';')
        && let Some(c) = named_character(&rest[1..end])
    {
        return (c, &rest[end + 1..]);
    }
    ('&', &rest[1..])
}

fn named_character(name: &str) -> Option<char> {
    const NAMED: [(&str, char); 11] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", ' '),
        ("shy", '\u{ad}'),
        ("ndash", '–'),
        ("mdash", '—'),
        ("hellip", '…'),
        ("copy", '©'),
    ];
    for (known, c) in NAMED {
        if known == name {
            return Some(c);
        }
    }
    let Some(number) = name.strip_prefix('#') else { return accented(name) };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?)
}

/// `eacute`, `Ouml` and the like: a letter and the name of its mark.
fn accented(name: &str) -> Option<char> {
    const MARKS: [(&str, &str, &str); 6] = [
        ("acute", "aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ"),
        ("grave", "aeiouAEIOU", "àèìòùÀÈÌÒÙ"),
        ("circ", "aeiouAEIOU", "âêîôûÂÊÎÔÛ"),
        ("uml", "aeiouyAEIOU", "äëïöüÿÄËÏÖÜ"),
        ("tilde", "anoANO", "ãñõÃÑÕ"),
        ("cedil", "cC", "çÇ"),
    ];
    match name {
        "szlig" => return Some('ß'),
        "aring" => return Some('å'),
        "Aring" => return Some('Å'),
        "aelig" => return Some('æ'),
        "oslash" => return Some('ø'),
        "Oslash" => return Some('Ø'),
        _ => {}
    }
    let mut letters = name.chars();
    let letter = letters.next()?;
    for (mark, plain, marked) in MARKS {
        if mark == letters.as_str() {
            let index = plain.chars().position(|c| c == letter)?;
            return marked.chars().nth(index);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_cells_and_host_names() {
        let html = "<style>x</style><table><tr><td>Status&nbsp;code:</td><td>550 <b>5.1.10</b></td></tr><tr><td>a.<wbr>b.example</td></tr></table><p>T&ouml;pfer &lt;a@b.example&gt;<br>x &amp y";
        assert_eq!(
            to_text(html),
            "Status code:\t550 5.1.10\n\na.b.example\n\nTöpfer <a@b.example>\nx &amp y"
        );
    }

    #[test]
    fn preformatted_text_keeps_its_lines() {
        assert_eq!(
            to_text("a  b<pre>Received: x\n by y\nTo: &lt;z&gt;</pre>c"),
            "a b\nReceived: x\n by y\nTo: <z>\nc"
        );
    }

    #[test]
    fn broken_markup_loses_nothing() {
        assert_eq!(to_text("1 < 2 & <unclosed"), "1 < 2 & <unclosed");
        assert_eq!(to_text("mail <ann@a.example> bounced"), "mail <ann@a.example> bounced");
        assert_eq!(to_text("<script>never ends"), "");
    }
}
