//! Those who listen: each a position in the feed, that reads on at its own pace.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, watch};

use super::live::{Event, Happened};
use super::ring::{KEPT, STREAMS, seq};
use super::{App, Error};
use crate::access::Scope;

impl App {
    /// What happens from now on; with `last`, the number of the event that the caller had last, all that has happened
    /// since.
    ///
    /// # Errors
    /// [`Error::Busy`] where too many listen; [`Error::Away`] where the store would have to be asked.
    pub async fn events(self: &Arc<Self>, _: &Scope, last: Option<u64>) -> Result<Events, Error> {
        let seat = Arc::clone(&self.live.streams).try_acquire_owned().map_err(|_| {
            Error::Busy(format!("expected at most {STREAMS} streams of events at once, found more"))
        })?;
        let (after, newest, turns) = {
            let ring = self.live.ring();
            (ring.after, seq(ring.last.as_ref()), ring.turns)
        };
        let mut events = Events {
            app: Arc::clone(self),
            at: newest,
            turns,
            earlier: VecDeque::new(),
            newest: self.live.newest.subscribe(),
            features: self.live.features.subscribe(),
            closed: self.live.closed.subscribe(),
            start: Start::Now,
            _seat: seat,
        };
        match last {
            None => {}
            // Another server may have told it already.
            Some(last) if last > newest && self.is_in_the_feed(last).await => {
                (events.at, events.start) = (last, Start::Resumed);
            }
            Some(last) if last > newest => events.start = Start::Reset,
            Some(last) => {
                events.at = last;
                events.start = Start::Resumed;
                if last < after {
                    if let Some(earlier) = self.earlier(last, after).await? {
                        events.earlier = earlier;
                    } else {
                        (events.at, events.start) = (newest, Start::Reset);
                    }
                }
            }
        }
        Ok(events)
    }

    /// Whether the store knows an event by that number.
    async fn is_in_the_feed(&self, seq: u64) -> bool {
        let row = self.contact.note(self.store.feed(seq - 1, 1).await);
        row.is_ok_and(|rows| rows.first().is_some_and(|row| row.seq == seq))
    }

    /// The feed's rows after `last` up to `until`, as events; `None` where they are too many, or no longer there.
    async fn earlier(&self, last: u64, until: u64) -> Result<Option<VecDeque<Arc<Event>>>, Error> {
        if until - last > KEPT as u64 {
            return Ok(None);
        }
        let current = self.current.load_full();
        let rows = self.contact.note(self.store.feed(last, KEPT as u32).await)?;
        let mut events = VecDeque::new();
        for row in rows.into_iter().take_while(|row| row.seq <= until) {
            let what = self.happened(&row, &current, None).await?;
            events.push_back(Arc::new(Event { seq: row.seq, what }));
        }
        let whole = events.front().is_some_and(|e| e.seq == last + 1);
        Ok(whole.then_some(events))
    }

    /// How many listen.
    pub fn listeners(&self) -> usize {
        STREAMS - self.live.streams.available_permits()
    }

    /// Ends all streams of events: they would go on for ever.
    pub fn hang_up(&self) {
        self.live.closed.send_replace(true);
    }
}

/// How a stream begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With what happens next.
    Now,
    /// Where the caller left off.
    Resumed,
    /// Anew: what the caller had last is not to be found, so it cannot be told what it missed.
    Reset,
}

/// One listener's place in the feed.
pub struct Events {
    app: Arc<App>,
    at: u64,
    /// How many times the feed had become another one when this began.
    turns: u64,
    /// Read from the store, because they are older than what is kept.
    earlier: VecDeque<Arc<Event>>,
    newest: watch::Receiver<u64>,
    features: watch::Receiver<u64>,
    closed: watch::Receiver<bool>,
    start: Start,
    _seat: OwnedSemaphorePermit,
}

impl Events {
    /// How it begins, and after which event.
    #[must_use]
    pub fn start(&self) -> (Start, u64) {
        (self.start, self.at)
    }

    /// The version served now, and the build of tileset `county`.
    #[must_use]
    pub fn serving(&self) -> (u64, Arc<str>) {
        let current = self.app.current.load();
        (current.record.number, current.build())
    }

    /// The next event, once there is one; `None` where the server ends, or the listener fell behind what is kept. A wait
    /// that is given up loses nothing.
    pub async fn next(&mut self) -> Option<Arc<Event>> {
        loop {
            if *self.closed.borrow() {
                return None;
            }
            if let Some(at) = self.turn() {
                let (version, build) = self.serving();
                return Some(Arc::new(Event { seq: at, what: Happened::Reset(version, build) }));
            }
            if let Some(event) = self.earlier.pop_front() {
                self.at = event.seq;
                return Some(event);
            }
            self.newest.mark_unchanged();
            {
                let ring = self.app.live.ring();
                if self.turns != ring.turns {
                    continue;
                }
                if self.at < ring.after {
                    return None;
                }
                let next = ring.events.partition_point(|e| e.seq <= self.at);
                if let Some(event) = ring.events.get(next) {
                    self.at = event.seq;
                    return Some(Arc::clone(event));
                }
            }
            tokio::select! {
                changed = self.newest.changed() => changed.ok()?,
                changed = self.features.changed() => {
                    changed.ok()?;
                    let current = self.app.current.load();
                    let what = Happened::Features(current.record.number, current.features_stamp.clone());
                    return Some(Arc::new(Event { seq: self.at, what }));
                }
                _ = self.closed.changed() => return None,
            }
        }
    }

    /// Goes on in the feed as it is now, if it has become another one: from which number.
    fn turn(&mut self) -> Option<u64> {
        let ring = self.app.live.ring();
        if self.turns == ring.turns {
            return None;
        }
        (self.at, self.turns) = (seq(ring.last.as_ref()), ring.turns);
        self.earlier.clear();
        Some(self.at)
    }
}
