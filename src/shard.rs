//! One of several parts of a run: which files are its own, the same on every machine and from every folder.

use crate::config::{Finder, Resolver, folder_of};
use crate::repository;
use crate::walk;
use siphasher::sip::SipHasher24;
use std::hash::Hasher;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Part `index` of `count`, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    count: u32,
}

impl FromStr for Shard {
    type Err = String;

    /// Reads `2/8`.
    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(index, count)| Some((number(index)?, number(count)?)));
        match numbers {
            None => Err("write it as I/N: 2/8 is the second of eight shards".to_owned()),
            Some((_, 0)) => Err("there has to be one shard at least".to_owned()),
            Some((0, count)) => Err(format!("shards are counted from 1: the first is 1/{count}")),
            Some((index, count)) if index > count => {
                Err(format!("there is no shard {index} of {count}: the last is {count}/{count}"))
            }
            Some((index, count)) => Ok(Self { index, count }),
        }
    }
}

/// Digits only: `+1` is none.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

impl Shard {
    /// Whether a file is of this part, by its path from the root, with `/`.
    ///
    /// The hash is SipHash-2-4 with keys of zero, by which other versions and platforms divide the files alike.
    pub fn holds(self, path: &str) -> bool {
        let mut hasher = SipHasher24::new();
        hasher.write(path.as_bytes());
        hasher.finish() % u64::from(self.count) == u64::from(self.index - 1)
    }
}

/// The files of a shard.
///
/// The root is that of the file's own repository: neither the current folder nor how paths were named plays a part. Of
/// files without a repository it is the folder that holds all that was named.
#[derive(Debug)]
pub struct Members {
    shard: Shard,
    roots: Finder,
    resolver: Resolver,
    otherwise: PathBuf,
}

impl Members {
    /// The part of a run whose paths were `named` on the command line.
    pub fn of(shard: Shard, named: &[PathBuf]) -> Self {
        let otherwise = repository::common_folder(named).unwrap_or_else(|| walk::real(Path::new(".")));
        Self { shard, roots: Finder::new(root), resolver: Resolver::default(), otherwise }
    }

    /// Whether a file, which need not exist, is of this part.
    pub fn holds(&mut self, path: &Path) -> bool {
        let folder = self.resolver.resolve(folder_of(path));
        let root = self.roots.of_folder(&folder).ok().flatten();
        let whole = folder.join(path.file_name().unwrap_or_default());
        let inside = whole.strip_prefix(root.as_deref().unwrap_or(&self.otherwise)).unwrap_or(&whole);
        self.shard.holds(&walk::shown(inside))
    }
}

/// A folder that is the root of a repository.
fn root(folder: &Path) -> Result<Option<PathBuf>, String> {
    Ok(folder.join(".git").exists().then(|| folder.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shards(count: u32) -> impl Iterator<Item = Shard> {
        (1..=count).map(move |index| Shard { index, count })
    }

    #[test]
    fn written_as_index_and_count() {
        assert_eq!("2/8".parse(), Ok(Shard { index: 2, count: 8 }));
        for (text, problem) in [
            ("a/b", "write it as I/N"),
            ("2", "write it as I/N"),
            ("+1/2", "write it as I/N"),
            ("-1/2", "write it as I/N"),
            ("1/2/3", "write it as I/N"),
            ("1/99999999999", "write it as I/N"),
            ("/", "write it as I/N"),
            ("0/3", "counted from 1"),
            ("4/3", "the last is 3/3"),
            ("0/0", "one shard at least"),
        ] {
            let error = text.parse::<Shard>().unwrap_err();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }

    /// Machines with different builds of leaklint must agree: these may never change.
    #[test]
    fn the_division_is_fixed() {
        let of = |path: &str| shards(1_000).position(|shard| shard.holds(path)).map(|at| at + 1);
        let found = ["", "a.js", "src/a.js", "src/ä b.tsx"].map(of);
        assert_eq!(found, [Some(368), Some(953), Some(286), Some(185)]);
    }

    #[test]
    fn each_path_has_one_shard_and_all_are_of_a_size() {
        for count in [1, 2, 3, 7, 64] {
            let mut sizes = vec![0; count as usize];
            for file in 0..10_000 {
                let path = format!("packages/p{}/src/file-{file}.ts", file % 17);
                let of: Vec<usize> =
                    shards(count).enumerate().filter(|(_, one)| one.holds(&path)).map(|(at, _)| at).collect();
                assert_eq!(of.len(), 1, "{path}");
                sizes[of[0]] += 1;
            }
            let even = 10_000 / count;
            assert!(sizes.iter().all(|size| size * 10 > even * 6 && size * 10 < even * 14), "{sizes:?}");
        }
    }
}
