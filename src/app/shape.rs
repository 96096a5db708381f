//! How list and views share the screen.

/// The arrangement for a size of the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Too small for anything but one line that says so.
    TooSmall,
    /// One at a time.
    #[default]
    Single,
    /// The list above, the delivery below.
    Stacked,
    /// The list left, the delivery right.
    Side,
}

/// Columns and rows below which nothing can be shown.
pub const LEAST: (u16, u16) = (40, 10);

impl Shape {
    /// The arrangement for so many columns and rows.
    #[must_use]
    pub const fn of(columns: u16, rows: u16) -> Self {
        match (columns, rows) {
            (..40, _) | (_, ..10) => Self::TooSmall,
            (110.., 16..) => Self::Side,
            (80.., 20..) => Self::Stacked,
            _ => Self::Single,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_by_size() {
        for (size, shape) in [
            ((120, 40), Shape::Side),
            ((110, 16), Shape::Side),
            ((109, 40), Shape::Stacked),
            ((80, 24), Shape::Stacked),
            ((80, 19), Shape::Single),
            ((60, 20), Shape::Single),
            ((40, 10), Shape::Single),
            ((39, 10), Shape::TooSmall),
            ((200, 9), Shape::TooSmall),
            ((0, 0), Shape::TooSmall),
        ] {
            assert_eq!(Shape::of(size.0, size.1), shape, "{size:?}");
        }
    }
}
