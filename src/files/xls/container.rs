//! The container around an old workbook, looked over before it is opened: it counts its own sectors, and chains of them
//! that run in a circle would be followed until memory is full.

const SECTOR_BITS: usize = 30;
const TABLE_SECTORS: usize = 44;
const SMALL_TABLE_SECTORS: usize = 64;
const FIRST_FURTHER: usize = 68;
const FURTHER_SECTORS: usize = 72;
/// Where the header lists the sectors of the table, and how many there are.
const LISTED: (usize, usize) = (76, 109);
/// Numbers from here on are no sectors: the end of a chain, or a free one.
const NO_SECTOR: u32 = 0xffff_fff0;

/// Whether a container holds what it counts and every chain of sectors ends.
pub(super) fn is_sound(bytes: &[u8]) -> bool {
    looked_over(bytes).unwrap_or(false)
}

fn looked_over(bytes: &[u8]) -> Option<bool> {
    let bits = u32::from(u16::from_le_bytes(
        bytes.get(SECTOR_BITS..SECTOR_BITS + 2)?.try_into().ok()?,
    ));
    if !(7..=16).contains(&bits) {
        return Some(false);
    }
    let size = 1_usize << bits;
    let sectors = bytes.len() / size + 1;
    let counted = [TABLE_SECTORS, SMALL_TABLE_SECTORS, FURTHER_SECTORS];
    for at in counted {
        if number(bytes, at)? as usize > sectors {
            return Some(false);
        }
    }
    let mut table = Vec::new();
    for at in table_sectors(bytes, size, sectors)? {
        let from = (at as usize + 1).checked_mul(size)?;
        // The last sector may be cut short; what is missing is free.
        let part = bytes.get(from..bytes.len().min(from.checked_add(size)?))?;
        let (numbers, _) = part.as_chunks::<4>();
        table.extend(numbers.iter().map(|number| u32::from_le_bytes(*number)));
    }
    Some(ends(&table))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The sectors that the table of chains stands in: those the header lists, and those of further lists.
fn table_sectors(bytes: &[u8], size: usize, sectors: usize) -> Option<Vec<u32>> {
    let wanted = number(bytes, TABLE_SECTORS)? as usize;
    let (first, count) = LISTED;
    let listed = (0..count).filter_map(|at| number(bytes, first + 4 * at));
    let mut found: Vec<u32> = listed.filter(|sector| *sector < NO_SECTOR).collect();
    let mut next = number(bytes, FIRST_FURTHER)?;
    for _ in 0..sectors {
        if next >= NO_SECTOR || found.len() >= wanted {
            break;
        }
        let from = (next as usize + 1).checked_mul(size)?;
        let entries = size / 4 - 1;
        let more = (0..entries).map_while(|at| number(bytes, from + 4 * at));
        found.extend(more.filter(|sector| *sector < NO_SECTOR));
        next = number(bytes, from + 4 * entries)?;
    }
    found.truncate(wanted);
    Some(found)
}

/// Whether every chain ends: nothing is walked twice.
fn ends(table: &[u32]) -> bool {
    const OPEN: u32 = 0;
    let mut walked = vec![OPEN; table.len()];
    for start in 0..table.len() {
        let walk = start as u32 + 1;
        let mut at = start;
        while walked[at] == OPEN {
            walked[at] = walk;
            match table.get(table[at] as usize) {
                Some(_) if table[at] < NO_SECTOR => at = table[at] as usize,
                _ => break,
            }
            if walked[at] == walk {
                return false;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_that_runs_in_a_circle_is_found() {
        const END: u32 = 0xffff_fffe;
        const FREE: u32 = 0xffff_ffff;
        assert!(ends(&[1, 2, END, FREE, 2]));
        assert!(ends(&[]));
        assert!(!ends(&[1, 2, 0]));
        assert!(!ends(&[END, 1]));
    }
}
