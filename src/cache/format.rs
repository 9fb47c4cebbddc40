//! The file of a cache: a header with a checksum, records sorted by key, and what was found. All numbers are little-endian.
//!
//! | bytes | header |
//! |---|---|
//! | 16 | what the file is |
//! | 16 | the program that wrote it |
//! | 16 | checksum of all that follows |
//! | 4 | how many records |
//!
//! | bytes | record |
//! |---|---|
//! | 16 | key |
//! | 4 | length of the text |
//! | 4, 4 | where its findings begin, behind the records, and how long they are |
//! | 2 | the last day of use, counted from 1970 |
//! | 1, 1 | kind; zero |

use super::key::Key;
use twox_hash::XxHash3_128;

const MAGIC: &[u8; 16] = b"leaklint cache 1";
const HEADER: usize = 52;
const RECORD: usize = 32;

/// What came of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Unparsed,
    Clean,
    Minified,
    Found,
}

const KINDS: [Kind; 4] = [Kind::Unparsed, Kind::Clean, Kind::Minified, Kind::Found];

/// One file's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub key: Key,
    pub day: u16,
    pub kind: Kind,
    pub bytes: u32,
    pub found: &'a [u8],
}

/// A file as it was read.
#[derive(Debug, Default)]
pub(super) struct Stored {
    /// Empty, or a header and at least as many records as it says.
    bytes: Vec<u8>,
    count: usize,
}

impl Stored {
    /// `None` if the bytes are not what this program wrote.
    pub(super) fn new(bytes: Vec<u8>, program: u128) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<16>()?;
        let (writer, rest) = rest.split_first_chunk::<16>()?;
        let (checksum, rest) = rest.split_first_chunk::<16>()?;
        let known = magic == MAGIC && u128::from_le_bytes(*writer) == program;
        if !known || u128::from_le_bytes(*checksum) != XxHash3_128::oneshot(rest) {
            return None;
        }
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
        (rest.len() / RECORD >= count).then_some(Self { bytes, count })
    }

    pub(super) fn records(&self) -> &[[u8; RECORD]] {
        let records = self.bytes.get(HEADER..HEADER + self.count * RECORD).unwrap_or_default();
        records.as_chunks().0
    }

    /// The index of a record.
    pub(super) fn find(&self, key: Key) -> Option<usize> {
        self.records().binary_search_by(|record| record[..16].cmp(&key.0)).ok()
    }

    pub(super) fn record(&self, at: usize) -> Option<Record<'_>> {
        let (key, rest) = self.records().get(at)?.split_first_chunk::<16>()?;
        let (numbers, rest) = rest.split_first_chunk::<12>()?;
        let numbers = numbers.as_chunks::<4>().0;
        let number = |at: usize| u32::from_le_bytes(numbers[at]);
        let [low, high, kind, _] = *rest else { return None };
        let found = self.bytes.get(HEADER + self.count * RECORD..)?.get(number(1) as usize..)?;
        Some(Record {
            key: Key(*key),
            day: u16::from_le_bytes([low, high]),
            kind: *KINDS.get(usize::from(kind))?,
            bytes: number(0),
            found: found.get(..number(2) as usize)?,
        })
    }
}

/// The file for some records. The first of those with one key counts; those that were used last stay if not all fit.
pub(super) fn write(mut records: Vec<Record<'_>>, program: u128, most: usize) -> Vec<u8> {
    records.sort_by_key(|record| std::cmp::Reverse(record.day));
    let mut size = HEADER;
    records.retain(|record| {
        let grown = size + RECORD + record.found.len();
        let fits = grown <= most;
        size = if fits { grown } else { size };
        fits
    });
    records.sort_by_key(|record| record.key);
    records.dedup_by_key(|record| record.key);
    let mut out = Vec::with_capacity(size);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&program.to_le_bytes());
    out.extend_from_slice(&[0; 16]);
    out.extend_from_slice(&(records.len() as u32).to_le_bytes());
    let mut begin = 0_u32;
    for record in &records {
        let length = record.found.len() as u32;
        out.extend_from_slice(&record.key.0);
        for number in [record.bytes, begin, length] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&record.day.to_le_bytes());
        out.extend_from_slice(&[record.kind as u8, 0]);
        begin += length;
    }
    for record in &records {
        out.extend_from_slice(record.found);
    }
    let checksum = XxHash3_128::oneshot(&out[48..]);
    out[32..48].copy_from_slice(&checksum.to_le_bytes());
    out
}
