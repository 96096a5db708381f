//! Numbers that look random and are the same every time.

/// A row of them (PCG's step, its upper bits).
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn of(seed: u64) -> Self {
        let mut numbers = Self(seed ^ 0x5851_f42d_4c95_7f2d);
        numbers.below(2);
        numbers
    }

    /// A number from 0 to `end` - 1.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("fits") % end
    }

    pub(crate) fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }

    /// So many characters of these.
    pub(crate) fn id(&mut self, length: usize, of: &str) -> String {
        let of = of.as_bytes();
        let mut id = String::new();
        for _ in 0..length {
            id.push(char::from(*self.one(of)));
        }
        id
    }

    pub(crate) fn hex(&mut self, length: usize) -> String {
        self.id(length, "0123456789abcdef")
    }
}
