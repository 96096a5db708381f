//! Everything a key can do, declared once: name, default keys, group, sentence. Help, hints,
//! docs/keys.md and the man page are made of this table.

/// Where an action belongs in the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Moving the cursor and the text.
    Move,
    /// Choosing what the list shows.
    Select,
    /// The views of a delivery.
    View,
    /// Taking text along.
    Copy,
    /// Everything else.
    General,
}

impl Group {
    /// All groups, in the order of the help.
    pub const ALL: [Self; 5] = [Self::Move, Self::View, Self::Select, Self::Copy, Self::General];

    /// The heading in the help.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Select => "Choose",
            Self::View => "View",
            Self::Copy => "Copy",
            Self::General => "General",
        }
    }
}

/// What has to be there for an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Needs {
    /// Nothing: it can always be done.
    Nothing,
    /// A row in the list.
    Row,
    /// A row, and two panes side by side.
    Panes,
    /// A row, and a verdict on the delivery in the views.
    Verdict,
    /// A delivery that is a case for the 5.7.1 questions.
    Branch,
    /// A text that is searched for and stands in the view.
    Hits,
    /// The text that it copies.
    Text,
}

macro_rules! actions {
    ($(
        $variant:ident $name:literal [$($key:literal),*]
        $group:ident $needs:ident $hint:literal $sentence:literal;
    )*) => {
        /// Something a key can do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $(#[doc = $sentence] $variant,)*
        }

        impl Action {
            /// All actions, in the order of the help.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name in the configuration.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The keys it has unless the configuration says otherwise; the first is the one that
            /// hints show.
            #[must_use]
            pub const fn keys(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($key),*],)* }
            }

            /// Its group in the help.
            #[must_use]
            pub const fn group(self) -> Group {
                match self { $(Self::$variant => Group::$group,)* }
            }

            /// What has to be there for it.
            #[must_use]
            pub const fn needs(self) -> Needs {
                match self { $(Self::$variant => Needs::$needs,)* }
            }

            /// One or two words for the status line and for pop-ups.
            #[must_use]
            pub const fn hint(self) -> &'static str {
                match self { $(Self::$variant => $hint,)* }
            }

            /// What it does, as a sentence without a full stop.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)* }
            }
        }
    };
}

actions! {
    Down "down" ["j", "down"] Move Nothing "down" "Next delivery; in a view one line down";
    Up "up" ["k", "up"] Move Nothing "up" "Previous delivery; in a view one line up";
    Top "top" ["g g", "home"] Move Nothing "top" "First delivery; the beginning of a view";
    Bottom "bottom" ["G", "end"] Move Nothing "end" "Last delivery; the end of a view";
    PageDown "page_down" ["pgdn", "ctrl-f"] Move Nothing "page down" "One page down";
    PageUp "page_up" ["pgup", "ctrl-b"] Move Nothing "page up" "One page up";
    HalfDown "half_down" ["ctrl-d"] Move Nothing "half page down" "Half a page down";
    HalfUp "half_up" ["ctrl-u"] Move Nothing "half page up" "Half a page up";
    OtherPane "other_pane" ["tab"] Move Panes "other pane" "To the other pane: list or view";
    Open "open" ["enter", "l", "right"] View Row "open"
        "Open the delivery over the whole screen; a group into its own";
    Back "back" ["esc", "h", "left"] View Nothing "back"
        "Close what is on top or the group; clear the filter";
    User "view_user" ["1"] View Row "user" "What happened, what to do: in plain words";
    Admin "view_admin" ["2"] View Row "admin" "Diagnostics: servers, codes, headers";
    Hops "view_hops" ["3"] View Row "hops" "The way of the message, hop by hop";
    Source "view_source" ["4"] View Row "source" "The message as it came";
    FullSource "source" ["o"] View Row "source" "The same over the whole screen";
    Decode "decode" ["t"] View Row "decode"
        "Source: the parts as text, or as they came";
    Evidence "evidence" ["g e"] View Verdict "evidence" "To the line the verdict rests on";
    Tree "tree" ["g t"] View Branch "5.7.1 tree" "Walk through the 5.7.1 questions";
    Language "language" ["L"] View Nothing "language" "Next language of the User view";
    Filter "filter" ["/"] Select Nothing "filter" "Filter the list; search in a view";
    Grouping "grouping" ["b"] Select Nothing "grouping"
        "The list by incidents, reasons, domains, hosts and more; one by one";
    NextNew "next_new" [".", "] n"] Select Row "next new" "Next delivery that is new since the last visit";
    NextUnknown "next_unknown" [",", "] u"] Select Row "next unknown"
        "Next failure of which nobody knows who must act";
    NextHit "next_hit" ["n"] Select Hits "next hit" "Next place that was searched for";
    PreviousHit "previous_hit" ["N"] Select Hits "previous hit" "The place before it";
    FilterStatus "filter_status" ["f s"] Select Row "status"
        "Only deliveries with this status";
    FilterReason "filter_reason" ["f r"] Select Row "reason"
        "Only deliveries with this reason";
    FilterWho "filter_who" ["f w"] Select Row "who" "Only those the same party must act on";
    FilterDomain "filter_domain" ["f d"] Select Row "domain" "Only deliveries to this domain";
    FilterHost "filter_host" ["f h"] Select Row "host" "Only deliveries refused by this host";
    CopyUser "copy_user" ["y u"] Copy Text "user text" "Copy the User section, to hand on";
    CopyAddress "copy_address" ["y a"] Copy Text "address" "Copy the address that failed";
    CopyDiagnostic "copy_diagnostic" ["y d"] Copy Text "diagnostic"
        "Copy what the server said";
    CopyMessageId "copy_message_id" ["y m"] Copy Text "Message-ID"
        "Copy the Message-ID of the returned mail";
    CopyCommand "copy_command" ["y c"] Copy Text "command"
        "Copy the commands for administrators";
    CopySelect "copy_select" ["y s"] Copy Row "select by hand"
        "Show the view bare, for the mouse";
    Refresh "refresh" ["r"] General Nothing "refresh" "Look for new messages";
    Messages "messages" ["!"] General Nothing "messages" "Messages and errors so far";
    Help "help" ["?"] General Nothing "help" "Keys, and what they do here";
    Redraw "redraw" ["ctrl-l"] General Nothing "redraw" "Draw the screen anew";
    Suspend "suspend" ["ctrl-z"] General Nothing "suspend" "Back to the shell; `fg` returns";
    Quit "quit" ["q"] General Nothing "quit" "Back; from the list: quit";
    QuitNow "quit_now" ["ctrl-c"] General Nothing "quit at once" "Quit at once";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_sentences_plain() {
        let mut names: Vec<_> = Action::ALL.iter().map(|a| a.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Action::ALL.len());
        for action in Action::ALL {
            assert!(
                !action.sentence().ends_with('.') && action.sentence().len() < 72,
                "{}",
                action.name()
            );
        }
    }
}
