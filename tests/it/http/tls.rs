//! TLS: what a browser agrees on with the server, and what becomes of certificates that are replaced.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::routing::get;
use axum::{Extension, Router};
use tokio::net::TcpListener;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use wangge::http::{self, Peer, Tls};

use super::server::{Answer, parse, shared};
use crate::servers::process::wangge;

/// Files of a server, and who stands in them.
struct Files {
    dir: tempfile::TempDir,
}

/// A certificate for `localhost`, and its key.
struct Pair {
    certificate: CertificateDer<'static>,
    pem: String,
    key: String,
}

fn pair() -> Pair {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    Pair { certificate: made.cert.der().clone(), pem: made.cert.pem(), key: made.signing_key.serialize_pem() }
}

impl Files {
    fn of(pair: &Pair) -> Self {
        let files = Self { dir: tempfile::tempdir().unwrap() };
        files.put(&pair.pem, &pair.key);
        files
    }

    fn put(&self, certificate: &str, key: &str) {
        std::fs::write(self.certificate(), certificate).unwrap();
        std::fs::write(self.key(), key).unwrap();
    }

    fn certificate(&self) -> PathBuf {
        self.dir.path().join("fullchain.pem")
    }

    fn key(&self) -> PathBuf {
        self.dir.path().join("key.pem")
    }

    /// What the server says to them, if it does not take them.
    fn refused(&self) -> String {
        Tls::open(&self.certificate(), &self.key()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    /// A server with them that looks at them often.
    fn serve(&self) -> SocketAddr {
        let server = shared();
        let tls = Tls::open(&self.certificate(), &self.key()).unwrap();
        server.runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            drop(tls.follow(Duration::from_millis(20)));
            let settings = http::Settings { open: true, ..http::Settings::default() };
            let own =
                Router::new().route(
                    "/peer",
                    get(|Extension(peer): Extension<Peer>| async move {
                        format!("{} {}", peer.address, peer.tls)
                    }),
                );
            let router = own.merge(http::router(Arc::clone(&server.app), &settings));
            tokio::spawn(http::serve(listener, Some(tls), router, std::future::pending()));
            address
        })
    }
}

/// A client that trusts these, and speaks these protocols.
fn client(trusted: &[&Pair], protocols: &[&[u8]]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for pair in trusted {
        roots.add(pair.certificate.clone()).unwrap();
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Arc::new(config)
}

type Stream = StreamOwned<ClientConnection, TcpStream>;

fn tcp(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

fn connect(address: SocketAddr, trusted: &[&Pair]) -> Stream {
    let name = ServerName::try_from("localhost").unwrap();
    let mut connection = ClientConnection::new(client(trusted, &[b"http/1.1"]), name).unwrap();
    let mut stream = tcp(address);
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).unwrap();
    }
    StreamOwned::new(connection, stream)
}

/// Which certificate a new connection is shown.
fn shown(address: SocketAddr, trusted: &[&Pair]) -> CertificateDer<'static> {
    connect(address, trusted).conn.peer_certificates().unwrap()[0].clone()
}

/// One request on a connection that stays open; the answer has to come with its length.
fn ask(stream: &mut Stream, path: &str) -> Answer {
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut bytes = Vec::new();
    loop {
        let mut some = [0; 4096];
        let n = stream.read(&mut some).unwrap();
        assert!(n > 0, "the connection ended: {}", String::from_utf8_lossy(&bytes));
        bytes.extend_from_slice(&some[..n]);
        if let Some(answer) = parse(&bytes) {
            let length: usize = answer.header("content-length").parse().unwrap();
            if answer.body.len() >= length {
                return answer;
            }
        }
    }
}

/// Until a new connection is shown the certificate of `pair`.
fn until_shown(address: SocketAddr, pair: &Pair, trusted: &[&Pair]) {
    let start = Instant::now();
    while shown(address, trusted) != pair.certificate {
        assert!(start.elapsed() < Duration::from_secs(20), "the new certificate is not shown");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_request_by_tls_is_answered_and_knows_its_peer() {
    let pair = pair();
    let mut stream = connect(Files::of(&pair).serve(), &[&pair]);
    assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    let summary = ask(&mut stream, "/api/summary");
    assert_eq!(summary.json()["units"], shared().get("/api/summary").json()["units"]);
    let own = stream.sock.local_addr().unwrap();
    assert_eq!(ask(&mut stream, "/peer").text(), format!("{own} true"));
}

#[test]
fn a_plain_request_knows_its_peer_too() {
    let (address, own) = shared().runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route(
            "/peer",
            get(|Extension(peer): Extension<Peer>| async move { format!("{} {}", peer.address, peer.tls) }),
        );
        tokio::spawn(http::serve(listener, None, router, std::future::pending()));
        (address, tcp(address))
    });
    let mut stream = own;
    write!(stream, "GET /peer HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    assert_eq!(parse(&bytes).unwrap().text(), format!("{} false", stream.local_addr().unwrap()));
}

#[test]
fn a_browser_gets_http2_with_limits() {
    let pair = pair();
    let address = Files::of(&pair).serve();
    shared().runtime.block_on(async {
        let connector = TlsConnector::from(client(&[&pair], &[b"h2", b"http/1.1"]));
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let (mut send, connection) = h2::client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        let ask = |path: &str, header: &str| {
            let uri = format!("https://localhost{path}");
            axum::http::Request::get(uri).header("x-filler", header).body(()).unwrap()
        };
        let (answer, _) = send.send_request(ask("/peer", ""), true).unwrap();
        let mut answer = answer.await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.version()), (200, axum::http::Version::HTTP_2));
        let body = answer.body_mut().data().await.unwrap().unwrap();
        assert!(body.ends_with(b" true"), "{body:?}");
        assert_eq!(send.current_max_send_streams(), 128);
        // A head of more than 16 KB is refused, and the connection goes on.
        let (answer, _) = send.send_request(ask("/peer", &"x".repeat(20_000)), true).unwrap();
        assert_eq!(answer.await.unwrap().status(), 431);
        let (answer, _) = send.send_request(ask("/health/live", ""), true).unwrap();
        assert_eq!(answer.await.unwrap().status(), 200);
    });
}

#[test]
fn a_replaced_certificate_is_shown_to_new_connections_while_an_old_one_goes_on() {
    let (old, new) = (pair(), pair());
    let files = Files::of(&old);
    let address = files.serve();
    let mut before = connect(address, &[&old]);
    assert_eq!(ask(&mut before, "/health/live").status, 200);
    files.put(&new.pem, &new.key);
    until_shown(address, &new, &[&old, &new]);
    assert_eq!(ask(&mut before, "/health/live").status, 200);
}

#[test]
fn a_replacement_that_is_wrong_changes_nothing() {
    let (old, other, new) = (pair(), pair(), pair());
    let files = Files::of(&old);
    let address = files.serve();
    let stays = |what: &str| {
        // A dozen looks.
        let end = Instant::now() + Duration::from_millis(250);
        while Instant::now() < end {
            assert_eq!(shown(address, &[&old, &other, &new]), old.certificate, "{what}");
        }
    };
    files.put(&other.pem, &old.key);
    stays("the key of another certificate");
    files.put("nothing", &old.key);
    stays("no certificate");
    std::fs::remove_file(files.certificate()).unwrap();
    stays("no file");
    files.put(&new.pem, &new.key);
    until_shown(address, &new, &[&old, &new]);
}

#[test]
fn files_that_are_no_certificate_and_its_key_are_refused_with_the_reason() {
    let (one, other) = (pair(), pair());
    let refused = |certificate: &str, key: &str, expected: &str| {
        let files = Files::of(&one);
        files.put(certificate, key);
        let said = files.refused().replace(files.dir.path().to_str().unwrap(), "");
        assert!(said.starts_with(expected), "expected {expected}, found {said}");
        assert!(!said.contains("PRIVATE"), "{said}");
    };
    let mismatch = "/key.pem: expected the key of the certificate in /fullchain.pem, found another one";
    refused(&one.pem, &other.key, mismatch);
    refused("", &one.key, "/fullchain.pem: expected certificates in PEM, found none");
    refused(&one.key, &one.key, "/fullchain.pem: expected certificates in PEM, found none");
    refused(
        &one.pem[..200],
        &one.key,
        "/fullchain.pem: expected certificates in PEM, found missing section end",
    );
    refused(&one.pem, &one.pem, "/key.pem: expected a private key without a password in PEM, found no items");
    let rubbish = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    refused(&one.pem, rubbish, "/key.pem: expected a private key (ECDSA");
    let rubbish = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    refused(rubbish, &one.key, "/fullchain.pem: expected a certificate of a server (X.509 v3), found");
    let nowhere = Tls::open(Path::new("/nowhere/cert.pem"), Path::new("/nowhere/key.pem")).err().unwrap();
    assert_eq!(
        nowhere.to_string(),
        "could not read /nowhere/cert.pem: No such file or directory (os error 2)"
    );
}

#[test]
fn serve_wants_both_files_or_neither_and_refuses_another_ones_key() {
    let (one, other) = (pair(), pair());
    let files = Files::of(&one);
    files.put(&one.pem, &other.key);
    let (certificate, key) = (files.certificate(), files.key());
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    let serve = ["serve", "--open", "--store", shared().path(), "--listen", "127.0.0.1:0"];
    let said = |flags: &[&str]| wangge(&[&serve, flags].concat()).unwrap_err();
    assert!(said(&["--tls-cert", certificate]).contains("or neither, found --tls-cert alone"));
    assert!(said(&["--tls-key", key]).contains("or neither, found --tls-key alone"));
    let mismatch = said(&["--tls-cert", certificate, "--tls-key", key]);
    assert!(mismatch.contains("expected the key of the certificate in"), "{mismatch}");
}

#[test]
fn plain_http_at_the_door_of_tls_is_told_so() {
    let mut stream = tcp(Files::of(&pair()).serve());
    // More than is read before the answer: it still arrives.
    let long = "x".repeat(50_000);
    write!(stream, "GET /{long} HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let answer = parse(&bytes).unwrap();
    assert_eq!((answer.status, answer.text()), (400, "expected TLS (https://), found plain HTTP\n"));
}

#[test]
fn a_handshake_that_does_not_come_is_cut_and_holds_up_nobody() {
    let pair = pair();
    let address = Files::of(&pair).serve();
    let start = Instant::now();
    let mut silent: Vec<TcpStream> = (0..50).map(|_| tcp(address)).collect();
    let mut begun = tcp(address);
    begun.write_all(&[0x16, 0x03, 0x01]).unwrap();
    silent.push(begun);
    assert_eq!(ask(&mut connect(address, &[&pair]), "/health/live").status, 200);
    assert!(start.elapsed() < Duration::from_secs(9), "{:?}", start.elapsed());
    for stream in &mut silent {
        let end = stream.read(&mut [0; 16]);
        assert!(matches!(end, Ok(0)) || end.is_err_and(|e| e.kind() == std::io::ErrorKind::ConnectionReset));
    }
    let took = start.elapsed();
    assert!((9..60).contains(&took.as_secs()), "{took:?}");
}
