//! The lines the pages are asked for over: how many at a time, from whom, encrypted with what, and how long one may take to
//! say what it wants. Everything above a line is the router's.

use super::listen::is_own;
use super::pace::home;
use crate::runtime::certificate::Certificate;
use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long to wait after a line could not be taken, as when there are no more handles.
const AFTER_FAULT: Duration = Duration::from_millis(500);
/// Bytes of one request's head.
const MOST_HEAD: usize = 32 * 1024;

/// What lines may take.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Lines at a time; others wait until one ends.
    pub lines: usize,
    /// Of these, lines from one address that is neither this machine nor a trusted proxy.
    pub of_one: usize,
    /// How long the encryption may take to be agreed on.
    pub handshake: Duration,
    /// How long a request's head may take, and how long a line is kept between two requests.
    pub head: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            lines: 512,
            of_one: 256,
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(20),
        }
    }
}

/// Who comes in and how.
#[derive(Debug, Default)]
pub struct Doors {
    /// What lines are encrypted with; `None`: they are not.
    pub certificate: Option<Certificate>,
    /// Proxies that are trusted.
    pub proxies: Vec<IpAddr>,
    /// What lines may take.
    pub bounds: Bounds,
}

impl Doors {
    fn trusts(&self, ip: IpAddr) -> bool {
        is_own(ip) || self.proxies.contains(&ip)
    }

    /// Whether a line from there is answered at all: lines in clear are for the proxy and this machine.
    fn lets_in(&self, ip: IpAddr) -> bool {
        self.certificate.is_some() || self.trusts(ip)
    }
}

/// Answers until it is told to stop; what is being answered then is answered to its end.
pub async fn serve(listener: TcpListener, router: Router, doors: Doors, stop: CancellationToken) -> io::Result<()> {
    let turns = Arc::new(Semaphore::new(doors.bounds.lines));
    let (doors, guests, lines) = (Arc::new(doors), Guests::default(), TaskTracker::new());
    loop {
        let turn = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            turn = Arc::clone(&turns).acquire_owned() => turn.map_err(io::Error::other)?,
        };
        let came = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            came = listener.accept() => came,
        };
        let (line, peer) = match came {
            Ok(came) => came,
            Err(error) => {
                tracing::warn!(error = %error, "未能接受网页连接：{error}");
                tokio::time::sleep(AFTER_FAULT).await;
                continue;
            }
        };
        let ip = peer.ip().to_canonical();
        if !doors.lets_in(ip) {
            tracing::debug!(peer.address = %ip, "not a proxy, turned away");
            continue;
        }
        let seat = match guests.seat(home(ip), doors.bounds.of_one) {
            _ if doors.trusts(ip) => None,
            Some(seat) => Some(seat),
            None => continue,
        };
        let (router, doors, stop) = (router.clone(), Arc::clone(&doors), stop.clone());
        lines.spawn(async move {
            one(line, peer, router, &doors, stop).await;
            drop((turn, seat));
        });
    }
    lines.close();
    lines.wait().await;
    Ok(())
}

async fn one(line: TcpStream, peer: SocketAddr, router: Router, doors: &Doors, stop: CancellationToken) {
    if let Err(error) = line.set_nodelay(true) {
        tracing::debug!(error = %error, "a line that was gone at once");
        return;
    }
    let Some(certificate) = &doors.certificate else {
        return talk(line, peer, router, doors.bounds, stop).await;
    };
    let agreed = TlsAcceptor::from(certificate.current()).accept(line);
    match tokio::time::timeout(doors.bounds.handshake, agreed).await {
        Ok(Ok(line)) => talk(line, peer, router, doors.bounds, stop).await,
        Ok(Err(error)) => tracing::debug!(error = %error, "no encryption was agreed on"),
        Err(_) => tracing::debug!("the encryption took too long to be agreed on"),
    }
}

async fn talk<L>(line: L, peer: SocketAddr, router: Router, bounds: Bounds, stop: CancellationToken)
where
    L: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let pages = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        pages.call(request)
    });
    let mut talk = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(bounds.head)
            .max_buf_size(MOST_HEAD)
            .serve_connection(TokioIo::new(line), service)
    );
    let ended = tokio::select! {
        ended = talk.as_mut() => ended,
        () = stop.cancelled() => {
            talk.as_mut().graceful_shutdown();
            talk.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = %error, "a line broke off");
    }
}

/// How many lines there are from each address.
#[derive(Clone, Default)]
struct Guests(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Guests {
    /// One more line from an address, if it has not too many.
    fn seat(&self, ip: IpAddr, most: usize) -> Option<Seat> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(ip).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Seat {
            guests: self.clone(),
            ip,
        })
    }
}

/// A line from an address; given back when it ends.
struct Seat {
    guests: Guests,
    ip: IpAddr,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut held = self.guests.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.ip) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.ip);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_clear_only_the_proxy_and_this_machine_come_in() {
        let proxy = IpAddr::from([10, 0, 0, 5]);
        let doors = Doors {
            proxies: vec![proxy],
            ..Doors::default()
        };
        for (ip, comes) in [
            (proxy, true),
            ([127, 0, 0, 1].into(), true),
            ([10, 0, 0, 6].into(), false),
        ] {
            assert_eq!(doors.lets_in(ip), comes, "{ip}");
        }
    }

    #[test]
    fn seats_are_counted_by_address_and_given_back() {
        let guests = Guests::default();
        let (one, other): (IpAddr, IpAddr) = ([10, 0, 0, 9].into(), [10, 0, 0, 8].into());
        let first = guests.seat(one, 2).expect("a seat");
        let second = guests.seat(one, 2).expect("a seat");
        assert!(guests.seat(one, 2).is_none() && guests.seat(other, 2).is_some());
        drop(second);
        assert!(guests.seat(one, 2).is_some());
        drop(first);
        assert!(guests.0.lock().expect("no holder panicked").is_empty());
    }
}
