//! The folders of a server (LIST, RFC 3501 section 6.3.8).

use imap_proto::NameAttribute;

use super::super::error::Error;
use super::access::Access;
use super::dialogue::Dialogue;
use super::utf7;

/// A folder that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folder {
    /// Its name as people read it.
    pub(crate) name: String,
    /// What stands between the levels of names, if there are levels.
    pub(crate) delimiter: Option<char>,
}

impl Dialogue {
    /// The folders that match a pattern and can be opened.
    ///
    /// # Errors
    /// When the server does not list them.
    pub(crate) fn list(&mut self, access: &Access, pattern: &str) -> Result<Vec<Folder>, Error> {
        let pattern = quote(&utf7::encode(pattern));
        let names = self
            .run(access, |session| session.list(Some(""), Some(&pattern)))
            .map_err(|failure| failure.into_error("LIST", &access.at))?;
        let mut folders = Vec::new();
        for name in names.iter() {
            let mut closed = false;
            for attribute in name.attributes() {
                closed |= match attribute {
                    NameAttribute::NoSelect => true,
                    NameAttribute::Extension(other) => other.eq_ignore_ascii_case("\\NonExistent"),
                    _ => false,
                };
            }
            if !closed {
                let delimiter = name.delimiter().and_then(|text| text.chars().last());
                folders.push(Folder { name: utf7::decode(&unquote(name.name())), delimiter });
            }
        }
        Ok(folders)
    }
}

/// A text as a quoted string (RFC 3501 section 9, quoted); patterns hold no line ends.
fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A quoted string as it was meant: the crate leaves the backslashes in.
pub(super) fn unquote(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_meant() {
        for text in ["plain", "a \"b\"", "back\\slash", "\\\"", "Zwr&APMBBw-/*"] {
            let quoted = quote(text);
            assert_eq!(unquote(&quoted[1..quoted.len() - 1]), text);
        }
    }
}
