//! One macro for enums whose values have names: a slug for machines and, where the words do not
//! stand among those of the languages, a label for people.

/// Declares an enum, a line a value: `Value "slug" "label",` or `Value "slug",`.
///
/// The slug is the name in JSON, rules, filters and the store, and never changes; the label is
/// what people read, in lower case. The enum gets `ALL`, `slug`, `label` (with labels),
/// `from_slug`, `Display` (the slug) and serde by slug. `#[default]` and further derives stand
/// where they always do.
macro_rules! names {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $($(#[$about:meta])* $value:ident $slug:literal $label:literal,)+
        }
    ) => {
        names! {
            $(#[$meta])*
            $vis enum $name {
                $($(#[$about])* $value $slug,)+
            }
        }

        #[allow(dead_code, unreachable_pub, reason = "not every enum is put into words")]
        impl $name {
            /// The words for people, in English.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$value => $label),+
                }
            }
        }
    };
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $($(#[$about:meta])* $value:ident $slug:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis enum $name {
            $($(#[$about])* $value,)+
        }

        #[allow(dead_code, unreachable_pub, reason = "not every enum is read back, listed or public")]
        impl $name {
            /// All values, in the order of their declaration.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            const SLUGS: &[&str] = &[$($slug),+];

            /// The name in JSON, rules, filters and the store.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self {
                    $(Self::$value => $slug),+
                }
            }

            /// The value that a slug names.
            #[must_use]
            pub fn from_slug(slug: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.slug() == slug)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.slug())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.slug())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
                let slug = <::std::borrow::Cow<'de, str>>::deserialize(reader)?;
                Self::from_slug(&slug)
                    .ok_or_else(|| ::serde::de::Error::unknown_variant(&slug, Self::SLUGS))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    names! {
        /// A colour of the rainbow.
        #[derive(Default)]
        enum Colour {
            /// The long waves.
            #[default]
            Red "red" "red",
            /// The short ones.
            Violet "violet" "like the flower",
        }
    }

    #[derive(serde::Deserialize, serde::Serialize)]
    struct Paint {
        colour: Colour,
    }

    #[test]
    fn a_value_has_a_slug_and_a_label() {
        assert_eq!(Colour::ALL, [Colour::Red, Colour::Violet]);
        assert_eq!((Colour::Violet.slug(), Colour::Violet.label()), ("violet", "like the flower"));
        assert_eq!(Colour::from_slug("violet"), Some(Colour::Violet));
        assert_eq!(Colour::from_slug("like the flower"), None);
        assert_eq!(
            (format!("{:>4}", Colour::Red), Colour::default()),
            (" red".into(), Colour::Red)
        );
    }

    #[test]
    fn serde_reads_and_writes_the_slug() {
        let paint: Paint = toml::from_str("colour = 'violet'").expect("a known colour");
        assert_eq!(serde_json::to_string(&paint).expect("plain"), r#"{"colour":"violet"}"#);
        let error = toml::from_str::<Paint>("colour = 'blue'").err().expect("an unknown one");
        assert!(error.message().contains("unknown variant `blue`, expected `red` or `violet`"));
    }
}
