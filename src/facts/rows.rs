//! Many short lists in one vector.

use std::ops::Index;

/// A list for each index of some table, all in one vector.
#[derive(Debug)]
pub struct Rows<T> {
    /// Where each list starts; one entry more than there are lists.
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy> Rows<T> {
    /// `count` lists, filled in the order of the pairs, which are gone through twice.
    pub fn new(count: usize, pairs: impl Iterator<Item = (usize, T)> + Clone) -> Self {
        let mut starts = vec![0; count + 1];
        let mut filler = None;
        for (row, item) in pairs.clone() {
            starts[row + 1] += 1;
            filler = Some(item);
        }
        for row in 0..count {
            starts[row + 1] += starts[row];
        }
        let Some(filler) = filler else {
            return Self { starts, items: Vec::new() };
        };
        let mut items = vec![filler; starts[count] as usize];
        let mut next = starts.clone();
        for (row, item) in pairs {
            items[next[row] as usize] = item;
            next[row] += 1;
        }
        Self { starts, items }
    }

    /// The same lists, each sorted.
    pub fn sorted(&self) -> Self
    where
        T: Ord,
    {
        let (starts, mut items) = (self.starts.clone(), self.items.clone());
        for range in starts.windows(2) {
            items[range[0] as usize..range[1] as usize].sort_unstable();
        }
        Self { starts, items }
    }
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { starts: Vec::new(), items: Vec::new() }
    }
}

impl<T> Index<usize> for Rows<T> {
    type Output = [T];

    fn index(&self, row: usize) -> &[T] {
        match self.starts.get(row..row + 2) {
            Some([start, end]) => &self.items[*start as usize..*end as usize],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_keep_the_order_of_their_pairs() {
        let rows = Rows::new(3, [(2, 'a'), (0, 'b'), (2, 'c')].into_iter());
        assert_eq!((&rows[0], &rows[1], &rows[2]), (&['b'][..], &[][..], &['a', 'c'][..]));
        assert_eq!(&Rows::new(1, [(0, 'b'), (0, 'a')].into_iter()).sorted()[0], ['a', 'b']);
        assert!(Rows::<char>::default()[7].is_empty(), "a table that was not filled has empty lists");
    }
}
