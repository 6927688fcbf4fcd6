//! A stream of rows through a server: pieces in as they arrive, answers out as they are made, bounded memory, the
//! CPU work on the pool.
//!
//! ```text
//! body ─ gather ─▶ pool: rows.feed ─▶ spool ─▶ answer          the answer begins once the stream is known to be one
//! ```

use std::io;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, Stream};

use super::body::{Incoming, length};
use super::problem::Problem;
use super::routes::{Shared, WANGGE_VERSION};
use super::spool::Spool;
use crate::app::Pool;
use crate::app::batch::{Fault, Rows};

/// Bytes gathered before the pool is asked; less, where no more has arrived.
const GATHER: usize = 512 * 1024;

/// A stream under way.
struct Run {
    body: Incoming,
    rows: Box<dyn Rows>,
    pool: Pool,
}

/// What one turn has made.
struct Turn {
    out: Bytes,
    ended: bool,
}

impl Run {
    /// Takes what has arrived, waiting for something, and answers it.
    async fn turn(&mut self) -> Result<Turn, Problem> {
        let Some(input) = self.gather().await? else {
            return self.work(None).await.map(|out| Turn { out, ended: true });
        };
        self.work(Some(input)).await.map(|out| Turn { out, ended: false })
    }

    async fn gather(&mut self) -> Result<Option<Bytes>, Problem> {
        let Some(first) = self.body.next().await? else { return Ok(None) };
        let mut all = BytesMut::from(first);
        while all.len() < GATHER {
            match self.body.ready() {
                Some(piece) => all.extend_from_slice(&piece),
                None => break,
            }
        }
        Ok(Some(all.freeze()))
    }

    /// Feeds a piece, or the end.
    async fn work(&mut self, input: Option<Bytes>) -> Result<Bytes, Problem> {
        let mut rows = std::mem::replace(&mut self.rows, Box::new(Away));
        let work = move || {
            let mut out = Vec::with_capacity(input.as_ref().map_or(0, |i| i.len() * 2));
            let fed = match &input {
                Some(input) => rows.feed(input, &mut out),
                None => rows.end(&mut out),
            };
            (rows, fed.map(|()| Bytes::from(out)))
        };
        let (rows, out) = self.pool.run(work).await?;
        self.rows = rows;
        out.map_err(|Fault(detail)| Problem::bad_request(detail))
    }
}

/// Stands in while the rows are on the pool.
struct Away;

impl Rows for Away {
    fn feed(&mut self, _: &[u8], _: &mut Vec<u8>) -> Result<(), Fault> {
        Err(Fault("the stream was given up".into()))
    }
    fn end(&mut self, _: &mut Vec<u8>) -> Result<(), Fault> {
        self.feed(&[], &mut Vec::new())
    }
    fn begun(&self) -> bool {
        false
    }
}

/// Answers `body` with what `rows` makes of it.
///
/// # Errors
/// 400 where the beginning (or all, where it is short) shows that the stream is none; later faults break the
/// answer off.
pub async fn answer(
    app: &Shared,
    version: u64,
    headers: &HeaderMap,
    body: Body,
    rows: Box<dyn Rows>,
    mime: &'static str,
) -> Result<Response, Problem> {
    let mut run = Run { body: Incoming::new(body), rows, pool: app.pool().clone() };
    let spool = Spool::default();
    let short = length(headers).is_some_and(|n| n <= GATHER as u64);
    let mut ended = false;
    while !ended && (short || !run.rows.begun()) {
        match run.turn().await {
            Ok(turn) => {
                ended = turn.ended;
                spool.push(turn.out).await.map_err(|e| Problem::internal(&e))?;
            }
            Err(problem) => {
                run.body.linger();
                return Err(problem);
            }
        }
    }
    if ended {
        spool.end(Ok(()));
    } else {
        tokio::spawn(go_on(run, spool.clone()));
    }
    let mut response = Body::from_stream(pieces(spool)).into_response();
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.insert(WANGGE_VERSION, version.into());
    Ok(response)
}

/// The rest of a stream whose answer has begun: a fault breaks the answer off.
async fn go_on(mut run: Run, spool: Spool) {
    loop {
        match run.turn().await {
            Ok(turn) => {
                if spool.push(turn.out).await.is_err() {
                    return;
                }
                if turn.ended {
                    return spool.end(Ok(()));
                }
            }
            Err(problem) => {
                tracing::debug!(?problem, "a stream broke off");
                return spool.end(Err(io::ErrorKind::InvalidData.into()));
            }
        }
    }
}

/// The pieces of the answer; when it is dropped, the spool is given up.
fn pieces(spool: Spool) -> impl Stream<Item = io::Result<Bytes>> {
    struct Taker(Spool);
    impl Drop for Taker {
        fn drop(&mut self) {
            self.0.give_up();
        }
    }
    stream::unfold(Taker(spool), |taker| async move {
        let piece = taker.0.next().await?;
        Some((piece, taker))
    })
}
