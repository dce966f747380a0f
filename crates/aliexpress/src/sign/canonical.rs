//! The text that is signed: which parameters take part, in which order, and how they are put together.

use std::cmp::Ordering;

/// Most texts fit; longer ones are hashed in pieces of this size.
const PIECE_BYTES: usize = 512;

/// One parameter and the first eight bytes of its name as a number, which decides most comparisons.
struct Ranked<K, V> {
    rank: u64,
    name: K,
    value: V,
}

/// What takes part in a signature, in its order. Equal duplicates count once.
pub(super) struct Ordered<K, V>(Vec<Ranked<K, V>>);

impl<K: AsRef<str>, V: AsRef<str>> Ordered<K, V> {
    pub(super) fn of(params: impl IntoIterator<Item = (K, V)>) -> Self {
        let params = params.into_iter();
        let (lower, upper) = params.size_hint();
        // A wrong or absent hint costs a second allocation, no more.
        let mut ranked = Vec::with_capacity(upper.unwrap_or(lower).min(64));
        for (name, value) in params {
            if takes_part(name.as_ref(), value.as_ref()) {
                let rank = rank(name.as_ref());
                ranked.push(Ranked { rank, name, value });
            }
        }
        ranked.sort_by(Ranked::by_bytes);
        ranked.dedup_by(|later, earlier| later.same(earlier));
        Self(ranked)
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|one| (one.name.as_ref(), one.value.as_ref()))
    }
}

impl<K, V> Ordered<K, V> {
    pub(super) fn into_pairs(self) -> impl Iterator<Item = (K, V)> {
        self.0.into_iter().map(|one| (one.name, one.value))
    }
}

impl<K: AsRef<str>, V: AsRef<str>> Ranked<K, V> {
    /// `str` compares by bytes, which is the order the gateway uses. No locale may come near this.
    fn by_bytes(&self, other: &Self) -> Ordering {
        self.rank
            .cmp(&other.rank)
            .then_with(|| self.name.as_ref().cmp(other.name.as_ref()))
    }

    fn same(&self, other: &Self) -> bool {
        self.rank == other.rank
            && self.name.as_ref() == other.name.as_ref()
            && self.value.as_ref() == other.value.as_ref()
    }
}

/// Everything but `sign` itself and what has no value.
#[inline]
fn takes_part(name: &str, value: &str) -> bool {
    // Nearly every value starts with a letter or digit; only the others need a closer look.
    let starts_well = value.as_bytes().first().is_some_and(u8::is_ascii_graphic);
    name != "sign" && (starts_well || !value.trim_start().is_empty())
}

/// Orders as the first eight bytes do; shorter names are filled up with zeros.
#[inline]
fn rank(name: &str) -> u64 {
    let bytes = name.as_bytes();
    if let Some(first) = bytes.first_chunk() {
        return u64::from_be_bytes(*first);
    }
    let unused = 8 * (8 - bytes.len());
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        // The two halves overlap in equal bytes.
        let (first, last) = (u32::from_be_bytes(*first), u32::from_be_bytes(*last));
        return u64::from(first) << 32 | u64::from(last) << unused;
    }
    let filled = bytes.iter().chain(std::iter::repeat(&0)).take(8);
    filled.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Copies between slices of one length. Names and values are short, and two overlapping moves of a fixed size cost less
/// than a call that handles any length.
#[inline]
fn copy(room: &mut [u8], bytes: &[u8]) {
    match bytes.len() {
        4..8 => copy_ends::<4>(room, bytes),
        8..=16 => copy_ends::<8>(room, bytes),
        17..=32 => copy_ends::<16>(room, bytes),
        _ => room.copy_from_slice(bytes),
    }
}

/// The first `N` bytes and the last `N`, which overlap in equal bytes.
#[inline]
fn copy_ends<const N: usize>(room: &mut [u8], bytes: &[u8]) {
    if let (Some(to), Some(from)) = (room.first_chunk_mut::<N>(), bytes.first_chunk()) {
        *to = *from;
    }
    if let (Some(to), Some(from)) = (room.last_chunk_mut::<N>(), bytes.last_chunk()) {
        *to = *from;
    }
}

/// Collects short texts on the stack, since a hash likes few large pieces better than many small ones.
pub(super) struct Pieces<F: FnMut(&[u8])> {
    buffer: [u8; PIECE_BYTES],
    length: usize,
    sink: F,
}

impl<F: FnMut(&[u8])> Pieces<F> {
    pub(super) fn new(sink: F) -> Self {
        Self {
            buffer: [0; PIECE_BYTES],
            length: 0,
            sink,
        }
    }

    #[inline]
    pub(super) fn push(&mut self, text: &str) {
        let bytes = text.as_bytes();
        match self.buffer[self.length..].get_mut(..bytes.len()) {
            Some(room) => {
                copy(room, bytes);
                self.length += bytes.len();
            }
            None => self.push_long(bytes),
        }
    }

    #[cold]
    fn push_long(&mut self, bytes: &[u8]) {
        self.flush();
        if let Some(room) = self.buffer.get_mut(..bytes.len()) {
            room.copy_from_slice(bytes);
            self.length = bytes.len();
        } else {
            (self.sink)(bytes);
        }
    }

    pub(super) fn flush(&mut self) {
        (self.sink)(&self.buffer[..self.length]);
        self.length = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_copied_whole() {
        let bytes: Vec<u8> = (1..=64).collect();
        for length in 0..=bytes.len() {
            let mut room = vec![0; length];
            copy(&mut room, &bytes[..length]);
            assert_eq!(room, bytes[..length], "{length}");
        }
    }
}
