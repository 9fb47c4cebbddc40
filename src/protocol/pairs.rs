//! Verbs by which projects name their own pairs of methods: `subscribeNews` and `unsubscribeNews`.

/// A name with a gap: `add*Listener`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verb {
    pub before: String,
    pub after: String,
}

/// What puts on, and what takes off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub add: Verb,
    pub remove: Verb,
}

impl Verb {
    /// From `add*Listener`; `None` without a star.
    pub fn new(text: &str) -> Option<Self> {
        let (before, after) = text.split_once('*')?;
        Some(Self { before: before.to_owned(), after: after.to_owned() })
    }

    /// What stands in the gap, from a capital letter on.
    pub fn subject<'n>(&self, name: &'n str) -> Option<&'n str> {
        // Asked of every method's name, and nearly always no.
        if name.as_bytes().first() != self.before.as_bytes().first() {
            return None;
        }
        let subject = name.strip_prefix(&*self.before)?.strip_suffix(&*self.after)?;
        subject.starts_with(|c: char| c.is_ascii_uppercase()).then_some(subject)
    }

    /// The name with something in the gap.
    pub fn name(&self, subject: &str) -> String {
        format!("{}{subject}{}", self.before, self.after)
    }
}

impl Pair {
    /// From `add*Listener remove*Listener`.
    pub fn new(text: &str) -> Option<Self> {
        let (add, remove) = text.split_once(' ')?;
        Some(Self { add: Verb::new(add)?, remove: Verb::new(remove)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fill_the_gap() {
        let pair = Pair::new("add*Listener remove*Listener").expect("a pair");
        assert_eq!(pair.add.subject("addNewsListener"), Some("News"));
        assert_eq!(pair.add.subject("addListener"), None);
        assert_eq!(pair.add.subject("additionListener"), None);
        assert_eq!(pair.remove.name("News"), "removeNewsListener");
        assert_eq!(Pair::new("subscribe*"), None);
    }
}
