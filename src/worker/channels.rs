//! The ways out beside mail, as the deliverer uses them: the outbox names a channel, here is what it is.

use crate::app::{App, ways};
use crate::domain::outbox::Attempt;
use crate::domain::pace::may_go;
use crate::domain::time::Moment;
use crate::outbound::{self, Channel, Client, Message};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Moments remembered for a channel; its limit is a few dozen a minute.
const REMEMBERED: usize = 1_000;

/// The channels of this installation with what went through them lately.
#[derive(Clone, Default)]
pub struct Channels {
    client: Option<Arc<Client>>,
    known: Arc<HashMap<String, Channel>>,
    went: Arc<Mutex<HashMap<String, Vec<Moment>>>>,
}

impl Channels {
    /// Takes the channels of the configuration and the client all their requests go through.
    pub fn new(client: Client, channels: Vec<Channel>) -> Self {
        let known = channels
            .into_iter()
            .map(|channel| (channel.id.clone(), channel))
            .collect();
        Self {
            client: Some(Arc::new(client)),
            known: Arc::new(known),
            went: Arc::default(),
        }
    }

    /// Sends one message once, through what the channel is now.
    pub(super) async fn send(&self, app: &App, id: &str, bytes: &[u8], now: Moment) -> Attempt {
        let set = match ways::to_send(app, id) {
            Ok(set) => set,
            Err(reply) => return Attempt::Permanent { reply },
        };
        let (Some(client), Some(channel)) = (&self.client, set.as_ref().or_else(|| self.known.get(id))) else {
            return Attempt::Permanent {
                reply: format!(
                    "没有名为“{id}”的通道（「设置」里没有，配置的 [[channel]] 里也没有），或规则里写错了名称"
                ),
            };
        };
        let message: Message = match serde_json::from_slice(bytes) {
            Ok(message) => message,
            Err(error) => {
                return Attempt::Permanent {
                    reply: format!("消息无法识读：{error}"),
                };
            }
        };
        if let Err(at) = self.admit(channel, now) {
            return Attempt::Temporary {
                reply: format!("本通道每分钟最多 {} 条，{at} 以后再发", channel.per_minute),
            };
        }
        outbound::send(client, channel, &message, now).await
    }

    /// Counts a message against the limit of its channel, or says when it may go.
    fn admit(&self, channel: &Channel, now: Moment) -> Result<(), Moment> {
        let mut went = self.went.lock().unwrap_or_else(PoisonError::into_inner);
        let own = went.entry(channel.id.clone()).or_default();
        may_go(own, channel.per_minute, now)?;
        own.push(now);
        let more = own.len().saturating_sub(REMEMBERED);
        own.drain(..more);
        Ok(())
    }
}
