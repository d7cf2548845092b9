//! Forms with files on their way: how many at a time, of whom, and how slowly they may come.

use super::PageError;
use super::visit::Visit;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use hyper::body::Frame;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// Files may be on their way in so many forms at one time; each is held whole.
const AT_A_TIME: usize = 3;
/// Of these, forms of one account: one, and the second click on it.
const OF_ONE: usize = 2;
/// How long one may be on its way.
pub(super) const LONGEST: Duration = Duration::from_mins(15);
/// So much must come in such a time; a line that is held open and says nothing keeps a place from others.
const WINDOW: Duration = Duration::from_secs(30);
const LEAST: usize = 16 * 1024;

/// The places there are.
#[derive(Clone, Default)]
pub(super) struct Uploads(Arc<Mutex<HashMap<String, usize>>>);

impl Uploads {
    /// A place for one more form of somebody.
    fn place(&self, who: &str) -> Option<Place> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = held.get(who).copied().unwrap_or(0);
        if own >= OF_ONE || held.values().sum::<usize>() >= AT_A_TIME {
            return None;
        }
        held.insert(who.to_owned(), own + 1);
        Some(Place {
            uploads: self.clone(),
            who: who.to_owned(),
        })
    }
}

/// A place that is taken; given back when the form is worked off.
struct Place {
    uploads: Uploads,
    who: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.uploads.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.who) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.who);
            }
        }
    }
}

/// Lets a form with files in if there is a place for it, and ends it when it does not come on.
pub(super) async fn one_of_few(State(uploads): State<Uploads>, request: Request, next: Next) -> Response {
    let who = request.extensions().get::<Visit>().map(Visit::actor);
    let Some(_place) = uploads.place(&who.unwrap_or_default()) else {
        return PageError::Crowded.into_response();
    };
    let stalled = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| Body::new(Coming::new(body, Arc::clone(&stalled))));
    // How long it may take to come is bounded where it is read; what has come is worked off.
    let response = next.run(request).await;
    if stalled.load(Ordering::Relaxed) {
        return PageError::Crowded.into_response();
    }
    response
}

/// A body that must come on.
struct Coming {
    body: Body,
    window: Pin<Box<Sleep>>,
    came: usize,
    stalled: Arc<AtomicBool>,
}

impl Coming {
    fn new(body: Body, stalled: Arc<AtomicBool>) -> Self {
        Self {
            body,
            window: Box::pin(sleep(WINDOW)),
            came: 0,
            stalled,
        }
    }
}

impl HttpBody for Coming {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            if let Some(Ok(frame)) = &frame {
                self.came += frame.data_ref().map_or(0, Bytes::len);
            }
            return Poll::Ready(frame);
        }
        while self.window.as_mut().poll(cx).is_ready() {
            if self.came < LEAST {
                self.stalled.store(true, Ordering::Relaxed);
                return Poll::Ready(Some(Err(axum::Error::new("the form does not come on"))));
            }
            self.came = 0;
            self.window = Box::pin(sleep(WINDOW));
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What somebody sends who holds a line open.
    struct Silent;

    impl HttpBody for Silent {
        type Data = Bytes;
        type Error = axum::Error;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
            Poll::Pending
        }
    }

    #[test]
    fn one_account_leaves_a_place_to_others() {
        let uploads = Uploads::default();
        let first = uploads.place("account:a").expect("a place");
        let second = uploads.place("account:a").expect("a place");
        assert!(uploads.place("account:a").is_none());
        let other = uploads.place("account:b").expect("a place for somebody else");
        assert!(uploads.place("account:c").is_none(), "no more than there is memory for");
        drop(second);
        assert!(uploads.place("account:c").is_some());
        drop((first, other));
        assert!(uploads.0.lock().expect("no holder panicked").is_empty());
    }

    #[tokio::test]
    async fn what_does_not_come_on_is_ended() {
        let stalled = Arc::new(AtomicBool::new(false));
        let mut coming = Coming::new(Body::new(Silent), Arc::clone(&stalled));
        let mut cx = Context::from_waker(std::task::Waker::noop());
        assert!(Pin::new(&mut coming).poll_frame(&mut cx).is_pending());
        // As if the time were over: with enough come in it another begins, with less it is the end.
        coming.came = LEAST;
        coming.window = Box::pin(sleep(Duration::ZERO));
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert!(Pin::new(&mut coming).poll_frame(&mut cx).is_pending() && coming.came == 0);
        coming.came = LEAST - 1;
        coming.window = Box::pin(sleep(Duration::ZERO));
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert!(matches!(
            Pin::new(&mut coming).poll_frame(&mut cx),
            Poll::Ready(Some(Err(_)))
        ));
        assert!(stalled.load(Ordering::Relaxed));
    }
}
