//! How much room is left where the data lies.

use std::io;
use std::path::Path;

/// Free bytes on the disk that holds a folder.
pub fn free_bytes(folder: &Path) -> io::Result<u64> {
    fs4::available_space(folder)
}
