//! What a terminal is used for: the modes that go with it, and what is written at its end.

use rustix::termios::{LocalModes, SpecialCodeIndex, Termios};

/// What a terminal is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// A line is typed that is not shown.
    Prompt,
    /// The screen.
    Screen,
}

impl Usage {
    /// The modes for it, made from those that are in force.
    pub(super) fn modes(self, before: &Termios) -> Termios {
        let mut modes = before.clone();
        match self {
            Self::Screen => modes.make_raw(),
            Self::Prompt => {
                modes.local_modes -= LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON;
                modes.special_codes[SpecialCodeIndex::VMIN] = 1;
                modes.special_codes[SpecialCodeIndex::VTIME] = 0;
            }
        }
        modes
    }

    /// What leaves it, wherever something else broke off: CAN ends any sequence; then come the end
    /// of synchronized output, the default pen, the cursor, no bracketed paste, and the screen from
    /// before.
    pub(super) fn ending(self) -> &'static [u8] {
        match self {
            Self::Prompt => b"\n",
            Self::Screen => b"\x18\x1b[?2026l\x1b[m\x1b[?25h\x1b[?2004l\x1b[?1049l",
        }
    }

    /// The letter by which the guard is told.
    pub(super) fn letter(self) -> u8 {
        match self {
            Self::Prompt => b'p',
            Self::Screen => b's',
        }
    }

    /// What a letter tells of.
    pub(super) fn of_letter(letter: u8) -> Option<Self> {
        match letter {
            b'p' => Some(Self::Prompt),
            b's' => Some(Self::Screen),
            _ => None,
        }
    }
}

/// True when the modes are the same, as far as they differ between usages.
pub(super) fn same(one: &Termios, other: &Termios) -> bool {
    one.input_modes == other.input_modes
        && one.output_modes == other.output_modes
        && one.control_modes == other.control_modes
        && one.local_modes == other.local_modes
}
