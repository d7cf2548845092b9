//! Tables that are asked for every row of a long list.

use foldhash::fast::RandomState;

/// A table under a hash that takes little work.
pub type Table<K, V> = std::collections::HashMap<K, V, RandomState>;
/// A set under the same.
pub type Set<K> = std::collections::HashSet<K, RandomState>;
