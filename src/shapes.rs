//! A first look at a name: nearly every question whether a set has it is answered with no by its shape alone.

/// Which shapes the names of a set have: by the first byte, the last one and the length.
#[derive(Debug, Default, Clone, Copy)]
pub struct Shapes([u64; 2]);

impl Shapes {
    /// Takes in a name.
    pub fn add(&mut self, name: &str) {
        let (word, bit) = shape(name.as_bytes());
        self.0[word] |= 1 << bit;
    }

    /// Whether some name has this one's shape.
    #[inline]
    pub fn may_have(self, name: &str) -> bool {
        self.may_have_bytes(name.as_bytes())
    }

    /// The same of a name's bytes.
    #[inline]
    pub fn may_have_bytes(self, name: &[u8]) -> bool {
        let (word, bit) = shape(name);
        self.0[word] >> bit & 1 == 1
    }

    /// Takes in the names of another set.
    pub fn extend(&mut self, more: Self) {
        self.0[0] |= more.0[0];
        self.0[1] |= more.0[1];
    }
}

#[inline]
fn shape(name: &[u8]) -> (usize, usize) {
    let (Some(first), Some(last)) = (name.first(), name.last()) else {
        return (0, 0);
    };
    let shape = usize::from(*first) + 11 * usize::from(*last) + 29 * name.len();
    (shape >> 6 & 1, shape & 63)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_is_never_denied() {
        let names = ["on", "addListener", "größe", "", "$", "subscribe"];
        let mut shapes = Shapes::default();
        assert!(names.iter().all(|name| !shapes.may_have(name)));
        names.iter().for_each(|name| shapes.add(name));
        assert!(names.iter().all(|name| shapes.may_have(name)));
        assert!(!shapes.may_have("removeListener"));
    }
}
