//! Long lists are worked on by several threads, a share each.

/// Threads at most: on more each share is too small to be worth its thread.
const MOST: usize = 4;

/// What work makes of the shares of a list, in their order. A share has at least so many items; a short list is one.
///
/// # Panics
/// Where the work does.
pub fn by_shares<'a, T: Sync, R: Send>(
    items: &'a [T],
    worth_while: usize,
    work: impl Fn(&'a [T]) -> R + Sync,
) -> Vec<R> {
    let share = items.len().div_ceil(MOST).max(worth_while).max(1);
    let (work, mut shares) = (&work, items.chunks(share));
    let first = shares.next().unwrap_or_default();
    std::thread::scope(|scope| {
        let others: Vec<_> = shares.map(|share| scope.spawn(move || work(share))).collect();
        let mut out = vec![work(first)];
        for other in others {
            out.push(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        out
    })
}

/// What the shares came to, one behind the other; moved once, since many large things take their time.
pub fn joined<T>(shares: Vec<Vec<T>>) -> Vec<T> {
    let all: usize = shares.iter().map(Vec::len).sum();
    let mut shares = shares.into_iter();
    let mut out = shares.next().unwrap_or_default();
    out.reserve_exact(all - out.len());
    shares.for_each(|mut share| out.append(&mut share));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_come_in_their_order_and_hold_every_item_once() {
        for (items, worth_while, shares) in [(0, 10, 1), (9, 10, 1), (11, 10, 2), (1_000, 10, 4), (3, 0, 3)] {
            let items: Vec<usize> = (0..items).collect();
            let parts = by_shares(&items, worth_while, <[usize]>::to_vec);
            assert_eq!(parts.len(), shares, "{} items", items.len());
            assert_eq!(parts.concat(), items);
            assert_eq!(joined(parts), items);
        }
    }

    #[test]
    fn a_panic_of_one_share_is_told() {
        let work = |share: &[usize]| assert!(!share.contains(&35), "the thirty-fifth");
        let told = std::panic::catch_unwind(|| by_shares(&(0..40).collect::<Vec<_>>(), 10, work));
        let said = told.expect_err("it panics");
        assert!(
            said.downcast_ref::<&str>()
                .is_some_and(|said| said.contains("thirty-fifth"))
                || said.is::<String>()
        );
    }
}
