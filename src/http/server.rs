//! The accept loop: one task a connection, with the timers that `axum::serve` does not set.
//!
//! ```text
//! accept ─ too many open? wait ─┬ plain ───────────── http1 with a limit on how long a head may take (idle ones end there)
//!                               └ TLS, within a time ┬ http1
//!                                                    └ h2 with limits on streams, resets and heads; pings find the dead
//!          stop ─ no more accepts, requests under way end, at most GRACE, then the rest is dropped
//! ```
//!
//! A caller that stops reading its answer is dropped after [`STALL`]; one that stops sending a body, in `body`. Each
//! request carries a [`Peer`].

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, timeout};
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tower::util::MapRequest;

use super::tls::{H2, Tls};

/// How long the head of a request may take to arrive, and how long a connection may idle.
const HEAD: Duration = Duration::from_secs(30);
/// How long a caller may take none of the answer that waits for it.
pub const STALL: Duration = Duration::from_mins(1);
/// How long requests under way may take once the server stops.
const GRACE: Duration = Duration::from_secs(10);
/// How long a caller and the server may take to agree on a secret: a few round trips.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long a caller may leave a ping unanswered.
const PONG: Duration = Duration::from_secs(20);
/// Connections open at once; more wait in the kernel's queue. Well under the usual limit of 1,024 file handles
/// would turn real users away; a handle and about 20 KB each is what it costs.
const CONNECTIONS: usize = 4096;
/// Requests under way at once on a connection of HTTP/2: a map asks for some dozens of tiles.
const STREAMS: u32 = 128;
/// Bytes of an answer that wait to be sent, of one such request.
const UNSENT: usize = 64 * 1024;
/// Bytes of a body that wait to be read, of one such request, and of all on the connection.
const UNREAD: [u32; 2] = [256 * 1024, 1024 * 1024];
/// Bytes of the head of such a request: twice what any of ours needs.
const HEADERS: u32 = 16 * 1024;
/// Requests that were taken back and are not cleared away yet: more ("rapid reset") end the connection.
const RESETS: usize = 20;
/// Requests against the protocol, in the life of a connection: more end it.
const BREACHES: usize = 128;
/// Bytes with which HTTP/2 begins.
const PREFACE: usize = 24;

/// Who is at the other end of the connection that a request came by: an extension of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its address; a proxy's, where there is one.
    pub address: SocketAddr,
    /// Whether the connection is by TLS.
    pub tls: bool,
}

/// Serves `router` on `listener` until `stop` is done, by TLS where there is a certificate.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    let stopping = CancellationToken::new();
    let open = Arc::new(Semaphore::new(CONNECTIONS));
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            accepted = accept(&listener, &open) => match accepted {
                Ok(accepted) => {
                    let talk = Talk { router: router.clone(), watcher: graceful.watcher() };
                    spawn(accepted, tls.clone(), talk, stopping.child_token());
                }
                Err(error) => {
                    tracing::warn!(%error, "could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            () = &mut stop => break,
        }
    }
    drop(listener);
    stopping.cancel();
    if timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests still under way after {} s were dropped", GRACE.as_secs());
    }
}

/// A connection, and its place among those that may be open.
type Accepted = (TcpStream, SocketAddr, OwnedSemaphorePermit);

async fn accept(listener: &TcpListener, open: &Arc<Semaphore>) -> io::Result<Accepted> {
    let permit = Arc::clone(open).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, from) = listener.accept().await?;
    // An IPv4 caller of a socket for both is known by its IPv4 address.
    Ok((stream, SocketAddr::new(from.ip().to_canonical(), from.port()), permit))
}

fn spawn(
    (stream, address, permit): Accepted,
    tls: Option<Arc<Tls>>,
    talk: Talk,
    stopping: CancellationToken,
) {
    // Answers are written whole; waiting to fill a packet only delays them.
    let _ = stream.set_nodelay(true);
    tokio::spawn(async move {
        let _permit = permit;
        let ended = match tls {
            None => talk.http1(stream, Peer { address, tls: false }).await,
            Some(tls) => {
                let shaken = tokio::select! {
                    shaken = timeout(HANDSHAKE, shake_hands(stream, &tls)) => shaken,
                    () = stopping.cancelled() => return,
                };
                let peer = Peer { address, tls: true };
                match shaken {
                    Ok(Ok(stream)) if stream.get_ref().1.alpn_protocol() == Some(H2) => {
                        talk.http2(stream, peer).await
                    }
                    Ok(Ok(stream)) => talk.http1(stream, peer).await,
                    Ok(Err(error)) => Err(error.into()),
                    Err(_) => Err("no handshake in time".into()),
                }
            }
        };
        // A connection that breaks is the caller's affair.
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    });
}

/// TLS on a connection. One that speaks plain HTTP is told so, in plain HTTP.
async fn shake_hands(mut stream: TcpStream, tls: &Tls) -> io::Result<TlsStream<TcpStream>> {
    let mut first = [0];
    stream.peek(&mut first).await?;
    if !first[0].is_ascii_uppercase() {
        return tls.acceptor().accept(stream).await;
    }
    let said = "expected TLS (https://), found plain HTTP\n";
    let length = said.len();
    let head = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close";
    stream.write_all(format!("{head}\r\ncontent-length: {length}\r\n\r\n{said}").as_bytes()).await?;
    stream.shutdown().await?;
    // What was sent is read to its end, within the handshake's time: a socket closed before would take the answer back.
    let mut sink = [0; 4096];
    while stream.read(&mut sink).await? > 0 {}
    Err(io::Error::other(said.trim_end()))
}

/// What a connection needs once it is open.
struct Talk {
    router: Router,
    watcher: Watcher,
}

type Ended = Result<(), Box<dyn std::error::Error + Send + Sync>>;

impl Talk {
    async fn http1<S: AsyncRead + AsyncWrite + Unpin + 'static>(self, stream: S, peer: Peer) -> Ended {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // A caller that has said all it wants to say (`nc -N`, probes) still wants its answer.
            .half_close(true)
            .header_read_timeout(HEAD)
            .serve_connection(TokioIo::new(Patient::new(stream, 0)), service(self.router, peer));
        Ok(self.watcher.watch(connection).await?)
    }

    async fn http2<S: AsyncRead + AsyncWrite + Unpin + 'static>(self, stream: S, peer: Peer) -> Ended {
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .max_pending_accept_reset_streams(RESETS)
            .max_local_error_reset_streams(BREACHES)
            .max_header_list_size(HEADERS)
            .max_send_buf_size(UNSENT)
            .initial_stream_window_size(UNREAD[0])
            .initial_connection_window_size(UNREAD[1])
            .keep_alive_interval(HEAD)
            .keep_alive_timeout(PONG)
            .serve_connection(TokioIo::new(Patient::new(stream, PREFACE)), service(self.router, peer));
        Ok(self.watcher.watch(connection).await?)
    }
}

/// The router, with who asks in each request.
fn service(router: Router, peer: Peer) -> TowerToHyperService<MapRequest<Router, impl Tell>> {
    TowerToHyperService::new(router.map_request(move |request| told(request, peer)))
}

/// A request with who sent it, and with the server's name and scheme where every answer looks for them: HTTP/2 has the
/// name in the address, and who came by TLS knows the server by that, whatever a header says.
fn told(mut request: Request<Incoming>, peer: Peer) -> Request<Incoming> {
    request.extensions_mut().insert(peer);
    let name = request.uri().authority().and_then(|name| HeaderValue::from_str(name.as_str()).ok());
    if let Some(name) = name {
        request.headers_mut().entry(header::HOST).or_insert(name);
    }
    if peer.tls {
        request.headers_mut().insert("x-forwarded-proto", HeaderValue::from_static("https"));
    }
    request
}

/// What puts something into a request.
trait Tell: FnMut(Request<Incoming>) -> Request<Incoming> + Clone + Send + 'static {}
impl<F: FnMut(Request<Incoming>) -> Request<Incoming> + Clone + Send + 'static> Tell for F {}

/// A stream whose writes fail once the other side has taken nothing for [`STALL`], and whose reads fail if the first
/// bytes, which it owes, are not there within [`HEAD`].
struct Patient<S> {
    stream: S,
    deadline: Pin<Box<Sleep>>,
    waiting: bool,
    owed: usize,
    due: Pin<Box<Sleep>>,
}

impl<S> Patient<S> {
    fn new(stream: S, owed: usize) -> Self {
        let (deadline, due) = (Box::pin(tokio::time::sleep(STALL)), Box::pin(tokio::time::sleep(HEAD)));
        Self { stream, deadline, waiting: false, owed, due }
    }

    fn watch<T>(&mut self, cx: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.waiting = false;
            return poll;
        }
        if !self.waiting {
            self.waiting = true;
            self.deadline.as_mut().reset(Instant::now() + STALL);
        }
        self.deadline.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.owed = self.owed.saturating_sub(buf.filled().len() - before);
        if poll.is_pending() && self.owed > 0 {
            return self.due.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()));
        }
        poll
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.watch(cx, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.watch(cx, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_flush(cx);
        self.watch(cx, poll)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.watch(cx, poll)
    }
}
