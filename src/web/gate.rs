//! Who may come to a route. The table of routes names it; nothing behind the gate decides again.

use super::visit::Visit;
use super::{PageError, unsent};
use crate::domain::account::{Act, Role, access};
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Whom a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Anybody, signed in or not.
    Anyone,
    /// Programs on this machine.
    Local,
    /// Whoever may do something.
    May(Act),
    /// Whoever may do one of two things.
    Either(Act, Act),
}

impl Who {
    /// The roles that may come, for the agreed table.
    pub fn roles(self) -> Vec<Role> {
        match self {
            Self::Anyone | Self::Local => Vec::new(),
            Self::May(act) => access::who_may(act).to_vec(),
            Self::Either(one, other) => Role::ALL
                .into_iter()
                .filter(|role| access::may(*role, one) || access::may(*role, other))
                .collect(),
        }
    }

    /// The word of the agreed table.
    pub fn word(self) -> String {
        match self {
            Self::Anyone => "anyone".to_owned(),
            Self::Local => "local".to_owned(),
            Self::May(_) | Self::Either(..) => {
                let roles: Vec<_> = self.roles().into_iter().map(Role::as_str).collect();
                roles.join(",")
            }
        }
    }
}

/// Lets a request through, or says why not.
pub(super) async fn gate(State(who): State<Who>, request: Request, next: Next) -> Response {
    match check(who, &request) {
        Ok(()) => next.run(request).await,
        // What somebody typed while their sign-in ended is not lost.
        Err(error @ PageError::SignIn { next: None }) => {
            unsent::of_nobody(request).await.unwrap_or(error).into_response()
        }
        Err(error) => error.into_response(),
    }
}

fn check(who: Who, request: &Request) -> Result<(), PageError> {
    let visit = request.extensions().get::<Visit>();
    let role = visit.and_then(Visit::viewer).map(|viewer| viewer.role);
    match (who, role) {
        (Who::Anyone, _) => Ok(()),
        (Who::Local, _) if visit.is_some_and(|visit| visit.local) => Ok(()),
        (Who::Local, _) => Err(PageError::NotFound { what: "页面" }),
        (_, Some(role)) if who.roles().contains(&role) => Ok(()),
        (_, Some(role)) => Err(PageError::Forbidden { role }),
        (_, None) => {
            let asked = request.uri().path_and_query().map(|path| path.as_str().to_owned());
            let reads = matches!(*request.method(), Method::GET | Method::HEAD);
            Err(PageError::SignIn {
                next: asked.filter(|_| reads),
            })
        }
    }
}
